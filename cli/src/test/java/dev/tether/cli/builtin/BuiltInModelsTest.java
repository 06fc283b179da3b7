package dev.tether.cli.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.trainer.rollout.PromptFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInModelsTest {
    @TempDir
    Path cache;

    @Test
    void theModelIsUnpackedOnceIntoADirectoryNamedByItsContent() throws IOException {
        BuiltInModels models = new BuiltInModels(cache);
        Path directory = models.directory("reviews");
        Object written = Files.getLastModifiedTime(directory.resolve("model.safetensors"));
        assertThat(directory.getFileName().toString()).matches("reviews-[0-9a-f]{16}");
        assertThat(models.directory("reviews")).isEqualTo(directory);
        assertThat(Files.getLastModifiedTime(directory.resolve("model.safetensors")))
                .isEqualTo(written);
        assertThat(cache).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void allThatShipsIsSmall() throws IOException {
        long size = 0;
        try (Stream<Path> files = Files.list(new BuiltInModels(cache).directory("reviews"))) {
            size = files.mapToLong(file -> file.toFile().length()).sum();
        }
        assertThat(size).isBetween(100_000L, 4_000_000L);
    }

    @Test
    void damagedCopyIsReplaced() throws IOException {
        BuiltInModels models = new BuiltInModels(cache);
        Path weights = models.directory("reviews").resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(weights, damaged);
        models.directory("reviews");
        assertThat(Files.readAllBytes(weights)).isEqualTo(whole);
        Files.delete(weights.resolveSibling("config.json"));
        models.directory("reviews");
        assertThat(weights.resolveSibling("config.json")).exists();
    }

    @Test
    void severalMayUnpackAtOnce() {
        List<CompletableFuture<Path>> all = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> new BuiltInModels(cache).directory("reviews")))
                .toList();
        assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(cache).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void promptsComeWithTheModel() {
        PromptFile prompts = PromptFile.read(new BuiltInModels(cache).prompts("reviews"));
        assertThat(prompts.prompts())
                .extracting(PromptFile.Line::text)
                .hasSize(360)
                .doesNotHaveDuplicates();
    }

    @Test
    void unknownNamesAndUnwritableCachesAreRefusedInOneLine() throws IOException {
        assertThatThrownBy(() -> new BuiltInModels(cache).directory("poems"))
                .isInstanceOf(InputException.class)
                .hasMessage("there is no \"builtin:poems\"; there is: builtin:reviews");
        Path file = Files.createFile(cache.resolve("file"));
        assertThatThrownBy(() -> new BuiltInModels(file).directory("reviews"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot unpack builtin:reviews into " + file);
    }
}
