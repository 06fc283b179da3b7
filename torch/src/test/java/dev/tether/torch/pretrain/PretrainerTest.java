package dev.tether.torch.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.bpe.BpeVocabulary;
import dev.tether.torch.pretrain.PretrainReport.HeldOut;
import dev.tether.torch.pretrain.PretrainSettings.Course;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.world.ReviewGrammar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainerTest {
    private static final ModelShape SMALL = new ModelShape(1, 16, 2, 32, 64);

    @TempDir
    Path directory;

    private final List<String> reviews = reviews(300);
    private final List<PretrainObserver.Step> steps = new ArrayList<>();
    private final PretrainObserver remember = new PretrainObserver() {
        @Override
        public void stepped(Step step) {
            steps.add(step);
        }
    };

    @Test
    void learningBeginsAtTheUniformLossAndFalls() {
        run("model", settings(40, 1));
        assertThat(steps).hasSize(40);
        assertThat(steps.get(0).loss()).isCloseTo(Math.log(400), within(0.05));
        assertThat(steps.get(39).loss()).isLessThan(5.2);
    }

    @Test
    void reportIsWhatTheSavedDirectorySaysOfTheHeldOutDocuments() {
        PretrainReport report = run("model", settings(20, 1));
        assertThat(report.heldOut()).hasSize(6);
        Tokenizer tokenizer = LanguageModels.openTokenizer(directory.resolve("model"));
        try (ReferenceModel saved =
                LanguageModels.openReference(directory.resolve("model"), ModelSettings.inference())) {
            for (HeldOut document : report.heldOut()) {
                assertThat(nats(saved, tokenizer.encode(document.document()))).isCloseTo(document.nats(), within(1e-3));
            }
        }
        assertThat(report.perplexity()).isCloseTo(Math.exp(report.natsPerToken()), within(1e-9));
    }

    @Test
    void heldOutDocumentsAreNotLearned() {
        List<String> documents = new ArrayList<>(reviews.subList(0, 100));
        documents.set(49, "zzzz zzzz zzzz zzzz");
        new Pretrainer(documents, settings(1, 1)).run(directory.resolve("model"), remember, () -> false);
        assertThat(LanguageModels.openTokenizer(directory.resolve("model")).encode("zz"))
                .as("no merge was learned from it")
                .hasSize(3);
    }

    @Test
    void sameSeedGivesTheSameBytesAndAnotherSeedDoesNot() throws IOException {
        run("a", settings(5, 1));
        run("b", settings(5, 1));
        run("c", settings(5, 2));
        assertThat(bytes("b")).isEqualTo(bytes("a"));
        assertThat(bytes("c")).isNotEqualTo(bytes("a"));
    }

    @Test
    void stoppedPretrainingSavesWhatItLearned() {
        PretrainReport report = new Pretrainer(reviews, settings(50, 1))
                .run(directory.resolve("model"), remember, () -> steps.size() == 3);
        assertThat(report.steps()).isEqualTo(3);
        assertThat(directory.resolve("model/model.safetensors")).exists();
    }

    @Test
    void failedPretrainingLeavesNothing() {
        PretrainObserver failing = new PretrainObserver() {
            @Override
            public void stepped(Step step) {
                throw new IllegalStateException("enough");
            }
        };
        assertThatThrownBy(() ->
                        new Pretrainer(reviews, settings(50, 1)).run(directory.resolve("m"), failing, () -> false))
                .hasMessage("enough");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void existingDirectoryIsRefused() throws IOException {
        Files.createDirectory(directory.resolve("model"));
        assertThatThrownBy(() -> run("model", settings(1, 1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("it exists already");
    }

    @Test
    void impossibleShapesAreRefused() {
        assertThatThrownBy(() -> new ModelShape(1, 20, 3, 32, 64))
                .hasMessage("hidden = 20, must be a multiple of twice the 3 heads");
        assertThatThrownBy(() -> new Course(10, 1, 1e-3, 11)).hasMessage("warmup_steps = 11, must be in 0..10");
    }

    private PretrainReport run(String name, PretrainSettings settings) {
        return new Pretrainer(reviews, settings).run(directory.resolve(name), remember, () -> false);
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name).resolve("model.safetensors"));
    }

    private static PretrainSettings settings(int steps, long seed) {
        return new PretrainSettings(400, SMALL, new Course(steps, 4, 0.02, 0), seed);
    }

    private static double nats(ReferenceModel model, int[] ids) {
        int[] rest = Arrays.copyOfRange(ids, 1, Math.min(ids.length + 1, SMALL.context()));
        if (ids.length < SMALL.context()) {
            rest[rest.length - 1] = BpeVocabulary.EOS_ID;
        }
        boolean[] counts = new boolean[rest.length];
        Arrays.fill(counts, true);
        TokenBatch batch = new TokenBatch(
                new int[][] {{BpeVocabulary.BOS_ID}}, new int[][] {rest}, ResponseMask.of(new boolean[][] {counts}));
        return -Arrays.stream(model.logprobs(batch, 1.0)[0]).sum();
    }

    private static List<String> reviews(int count) {
        Random random = new Random(1);
        ReviewGrammar grammar = ReviewGrammar.standard();
        return Stream.generate(() -> grammar.sample(random).text()).limit(count).toList();
    }
}
