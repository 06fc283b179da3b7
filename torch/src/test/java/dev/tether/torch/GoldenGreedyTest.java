package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Greedy continuations against transformers 5.18.0 (shared/golden/models). */
class GoldenGreedyTest {
    private static final int NEW_TOKENS = 24;

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void greedyTokensEqualTransformers(String model) {
        Path path = Shared.path("golden/models/" + model);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(path, ModelSettings.inference());
                GoldenTensors golden = GoldenTensors.of(path)) {
            int[][] prompt = {Arrays.copyOf(golden.integers("a.input_ids")[0], 8)};
            int[][] alone = golden.integers("greedy.unpadded");
            assertThat(generate(policy, prompt, unused(alone)).responses()).isEqualTo(alone);

            int[][] ragged = golden.unpadded("b", 0, 20);
            int[][] together = golden.integers("greedy.left_padded_b");
            assertThat(generate(policy, ragged, unused(together)).responses()).isEqualTo(together);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void greedyTokensUpToTheStopTokenEqualTransformers(String model) {
        Path path = Shared.path("golden/models/" + model);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(path, ModelSettings.inference());
                GoldenTensors golden = GoldenTensors.of(path)) {
            int stop = golden.integer("greedy.left_padded_b_eos_id");
            int[][] expected = golden.integers("greedy.left_padded_b_with_eos");
            Generation generation = generate(policy, golden.unpadded("b", 0, 20), stop);
            int ended = 0;
            for (int b = 0; b < expected.length; b++) {
                int[] row = expected[b];
                int at = IntStream.range(0, row.length)
                        .filter(t -> row[t] == stop)
                        .findFirst()
                        .orElse(-1);
                int length = at < 0 ? NEW_TOKENS : at + 1;
                assertThat(generation.responseMask().counted(b)).isEqualTo(length);
                assertThat(Arrays.copyOf(generation.responses()[b], length)).isEqualTo(Arrays.copyOf(row, length));
                assertThat(generation.stopReasons()[b]).isEqualTo(at < 0 ? StopReason.TRUNCATED : StopReason.ENDED);
                ended += at < 0 ? 0 : 1;
            }
            assertThat(ended).isPositive();
        }
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
}
