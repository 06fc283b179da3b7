package dev.tether.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The model directories of shared/golden/models: whatever is added there is tested. */
public final class GoldenModels {
    /** Other ways to store one of the models: {@code NAME__VARIANT}. */
    public static final Set<String> VARIANTS = Set.of("sharded", "legacy_config", "bf16", "fp16", "reward");

    private GoldenModels() {}

    /** One name per model, with logits, gradients and greedy texts. */
    public static List<String> families() {
        return names().stream().filter(name -> !name.contains("__")).toList();
    }

    /** All names. */
    public static List<String> names() {
        try (Stream<Path> all = Files.list(Shared.path("golden/models"))) {
            return all.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
