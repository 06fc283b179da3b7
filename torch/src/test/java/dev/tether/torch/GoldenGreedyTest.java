package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Greedy continuations against transformers 5.18.0 (shared/golden/models). */
class GoldenGreedyTest {
    private static final int NEW_TOKENS = 24;

    @ParameterizedTest
    @ValueSource(strings = {"llama_tiny", "smollm2_like", "llama31_rope_untied", "gpt2_tiny"})
    void greedyTokensEqualTransformers(String model) {
        Path path = Shared.path("golden/models/" + model);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(path, ModelSettings.inference());
                SafetensorsFile golden = SafetensorsFile.open(path.resolve("golden.safetensors"))) {
            int[][] prompt = {Arrays.copyOf(rows(golden, "a.input_ids")[0], 8)};
            int[][] leftPadded = tokensOnly(rows(golden, "b.input_ids"), rows(golden, "b.attention_mask"));

            int[][] alone = rows(golden, "greedy.unpadded");
            assertThat(generate(policy, prompt, unused(alone)).responses()).isEqualTo(alone);
            int[][] batch = rows(golden, "greedy.left_padded_b");
            assertThat(generate(policy, leftPadded, unused(batch)).responses()).isEqualTo(batch);

            int stop = (int) longs(golden, "greedy.left_padded_b_eos_id")[0];
            Generation stopped = generate(policy, leftPadded, stop);
            int[][] expected = rows(golden, "greedy.left_padded_b_with_eos");
            for (int b = 0; b < expected.length; b++) {
                int length = stopped.responseMask().counted(b);
                assertThat(Arrays.copyOf(stopped.responses()[b], length)).isEqualTo(Arrays.copyOf(expected[b], length));
                boolean ended = stopped.stopReasons()[b] == StopReason.ENDED;
                assertThat(ended).isEqualTo(Arrays.stream(expected[b]).anyMatch(id -> id == stop));
                assertThat(length).isEqualTo(ended ? firstIndex(expected[b], stop) + 1 : NEW_TOKENS);
            }
        }
    }

    private static int firstIndex(int[] ids, int id) {
        return IntStream.range(0, ids.length)
                .filter(t -> ids[t] == id)
                .findFirst()
                .orElseThrow();
    }

    private static Generation generate(TorchPolicyModel policy, int[][] prompts, int stopId) {
        return policy.generate(prompts, new Sampling(NEW_TOKENS, 0, 0, 1, new int[] {stopId}), 0);
    }

    /** An id that appears nowhere, so that nothing stops. */
    private static int unused(int[][] responses) {
        return IntStream.iterate(0, id -> id + 1)
                .filter(id ->
                        Arrays.stream(responses).flatMapToInt(Arrays::stream).noneMatch(used -> used == id))
                .findFirst()
                .orElseThrow();
    }

    private static int[][] tokensOnly(int[][] padded, int[][] mask) {
        int[][] rows = new int[padded.length][];
        for (int b = 0; b < padded.length; b++) {
            int row = b;
            rows[b] = IntStream.range(0, padded[b].length)
                    .filter(i -> mask[row][i] == 1)
                    .map(i -> padded[row][i])
                    .toArray();
        }
        return rows;
    }

    private static long[] longs(SafetensorsFile file, String name) {
        return Scoped.compute(() -> Tensors.toLongs(file.tensor(name)));
    }

    private static int[][] rows(SafetensorsFile file, String name) {
        return Scoped.compute(() -> {
            Tensor tensor = file.tensor(name);
            long[] flat = Tensors.toLongs(tensor);
            int width = (int) tensor.size(1);
            int[][] rows = new int[(int) tensor.size(0)][];
            for (int b = 0; b < rows.length; b++) {
                rows[b] = LongStream.of(Arrays.copyOfRange(flat, b * width, (b + 1) * width))
                        .mapToInt(id -> (int) id)
                        .toArray();
            }
            return rows;
        });
    }
}
