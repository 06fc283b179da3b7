package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The peak of a process of its own, as the kernel counts it: what the measurement takes beyond the two models, with all
 * that its allocator wastes.
 */
class ExactKlMemoryTest {
    private static final int VOCABULARY = 32_000;
    private static final int SEQUENCES = 32;
    private static final int TOKENS = 64;
    private static final long ALL_LOGITS = 4L * SEQUENCES * TOKENS * VOCABULARY;

    @TempDir
    Path directory;

    @Test
    void thePeakIsBelowAnEighthOfAllLogitsOfOneModel() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/self/clear_refs")), "the kernel does not tell a process its peak");
        Files.writeString(directory.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": %d, "hidden_size": 64,
                 "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "num_key_value_heads": 4, "hidden_act": "silu", "max_position_embeddings": 128,
                 "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": true, "initializer_range": 0.3}
                """.formatted(VOCABULARY));
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.nopointergc=true",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch", // the heap is all there from the start
                        "-cp",
                        System.getProperty("java.class.path"),
                        Measured.class.getName(),
                        directory.toString()))
                .redirectError(directory.resolve("errors").toFile());
        // what is freed goes back to the kernel, so that it cannot hide what is taken afterwards
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "131072");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(() -> output + contentOf(directory.resolve("errors").toFile()))
                .isZero();
        long peak = Long.parseLong(output.strip());
        assertThat(peak).as("bytes beyond the models").isPositive().isLessThan(ALL_LOGITS / 8);
    }

    /** Prints the bytes that one measurement added to the greatest resident size. */
    static final class Measured {
        public static void main(String[] arguments) throws IOException {
            ModelDirectory model = ModelDirectory.ofLanguageModel(Path.of(arguments[0]));
            try (CausalLm policy = CausalLm.fresh(model, ComputeType.FLOAT32, 1);
                    CausalLm reference = CausalLm.fresh(model, ComputeType.FLOAT32, 2)) {
                TorchBeltProbe probe = new TorchBeltProbe(policy, reference);
                probe.exactKl(batch(1, 2), 1); // what is made once in a process
                Files.writeString(Path.of("/proc/self/clear_refs"), "5");
                long before = kilobytes("VmRSS:");
                probe.exactKl(batch(SEQUENCES, TOKENS), 1);
                System.out.println(1024 * (kilobytes("VmHWM:") - before));
            }
        }

        private static TokenBatch batch(int sequences, int tokens) {
            Random random = new Random(4);
            Supplier<int[][]> ids = () -> {
                int[][] rows = new int[sequences][];
                for (int b = 0; b < sequences; b++) {
                    rows[b] = random.ints(tokens, 3, VOCABULARY).toArray();
                }
                return rows;
            };
            return new TokenBatch(ids.get(), ids.get(), ResponseMask.all(sequences, tokens));
        }

        private static long kilobytes(String entry) throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(entry))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
