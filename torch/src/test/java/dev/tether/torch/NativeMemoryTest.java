package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native objects are freed by scopes, never by the garbage collector. Handles are only counted where javacpp registers
 * them with the collector, which Tether turns off; so the count is taken in a process of its own.
 */
class NativeMemoryTest {
    @TempDir
    Path directory;

    @Test
    void callsLeaveNoNativeObjectBehind() throws Exception {
        TinyModel.writeWide(directory);
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.nopointergc=false",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Xmx1g", // no collection frees a forgotten handle in so short a run
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        directory.toString()))
                .redirectError(directory.resolve("errors").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(() -> output + contentOf(directory.resolve("errors").toFile()))
                .isZero();
        List<String> counts = output.lines().toList();
        assertThat(counts).hasSize(3);
        assertThat(counts.get(1))
                .as("after 30 more rounds, first " + counts.get(0))
                .isEqualTo(counts.get(0));
        assertThat(counts.get(2)).as("after closing everything").isEqualTo("0 above the start");
    }

    /** Prints the number of native objects after a few rounds, after many, and after closing. */
    static final class Probe {
        public static void main(String[] arguments) throws IOException {
            Path model = Path.of(arguments[0]);
            rounds(model, 1); // what is made once in a process
            long start = Pointer.totalCount();
            ModelSettings settings = new ModelSettings(ComputeType.FLOAT32, ValueKind.SEPARATE, 3);
            try (TorchPolicyModel policy = LanguageModels.openPolicy(model, settings);
                    TorchReferenceModel reference = LanguageModels.openReference(model, settings)) {
                round(policy, reference, 0);
                round(policy, reference, 1);
                long early = Pointer.totalCount();
                if (early <= start) {
                    throw new IllegalStateException("handles are not counted");
                }
                System.out.println(early - start);
                for (int i = 2; i < 32; i++) {
                    round(policy, reference, i);
                }
                System.out.println(Pointer.totalCount() - start);
            }
            System.out.println((Pointer.totalCount() - start) + " above the start");
        }

        private static void rounds(Path model, int count) {
            ModelSettings settings = new ModelSettings(ComputeType.FLOAT32, ValueKind.SEPARATE, 3);
            try (TorchPolicyModel policy = LanguageModels.openPolicy(model, settings);
                    TorchReferenceModel reference = LanguageModels.openReference(model, settings)) {
                for (int i = 0; i < count; i++) {
                    round(policy, reference, i);
                }
            }
        }

        private static void round(TorchPolicyModel policy, TorchReferenceModel reference, int seed) {
            int[][] prompts = {{3, 4, 5}, {6}, {7, 8}, {9, 10, 11, 12}};
            Sampling truncated = new Sampling(12, 0.9, 20, 0.9, new int[] {5, 6, 7, 8});
            Generation generation = policy.generate(prompts, truncated, seed);
            policy.generate(prompts, Sampling.greedy(3), seed);
            TokenBatch batch = new TokenBatch(prompts, generation.responses(), generation.responseMask());
            policy.evaluate(batch, 1);
            reference.logprobs(batch, 0.9);
            policy.score(new int[] {1, 2, 3});
            try {
                policy.evaluate(
                        new TokenBatch(new int[][] {{1_000_000}}, new int[][] {{1}}, ResponseMask.all(1, 1)), 1);
                throw new IllegalStateException("an id outside of the vocabulary was accepted");
            } catch (IllegalArgumentException expected) {
                // a refused call must not leave anything either
            }
        }
    }
}
