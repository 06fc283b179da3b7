package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.train.RandomMinibatch;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where values are defined, and what they are before any training. */
class ValuesTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(value = ValueKind.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aFreshValueHeadSaysZeroEverywhere(ValueKind kind) throws Exception {
        TinyModel.write(directory);
        try (TorchPolicyModel model =
                LanguageModels.openPolicy(directory, new ModelSettings(ComputeType.FLOAT32, kind, 0))) {
            Evaluation evaluation = model.evaluate(batch(), 1);
            assertThat(evaluation.values()).hasDimensions(3, 4);
            assertThat(evaluation.values()).isDeepEqualTo(new double[3][4]);
        }
    }

    @ParameterizedTest
    @EnumSource(ValueKind.class)
    void valuesAloneAreThoseOfTheWholeEvaluation(ValueKind kind) throws Exception {
        TinyModel.write(directory);
        try (TorchPolicyModel model =
                LanguageModels.openPolicy(directory, new ModelSettings(ComputeType.FLOAT64, kind, 0))) {
            if (kind != ValueKind.NONE) {
                Minibatch batch = RandomMinibatch.of(model, TinyModel.VOCABULARY, 6, 9, 2);
                model.update(batch, UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0)), 1, 1e-2);
            }
            double[][] expected = model.evaluate(batch(), 1).values();
            double[][] alone = model.values(batch());
            assertThat(alone.length).isEqualTo(expected.length);
            for (int b = 0; b < expected.length; b++) {
                assertThat(alone[b]).containsExactly(expected[b], within(1e-12));
                assertThat(Arrays.stream(alone[b]).filter(v -> v != 0).count()).isEqualTo(b == 0 ? 4 : b == 1 ? 3 : 0);
            }
        }
    }

    @Test
    void valuesStandAtCountedPositionsAndOnceAfterTheLastWhereThereIsRoom() {
        Path policy = Shared.path("golden/e2e_ppo/policy");
        Path value = Shared.path("golden/e2e_ppo/value");
        try (TorchPolicyModel model = LanguageModels.openPolicy(
                policy, value, new ModelSettings(ComputeType.FLOAT64, ValueKind.SEPARATE, 0))) {
            double[][] values = model.evaluate(batch(), 1).values();
            assertThat(values[0]).doesNotContain(0);
            assertThat(values[1]).endsWith(0).doesNotHaveDuplicates();
            assertThat(values[2]).containsOnly(0);
            // the value after the last token of a row is the value before the token that would follow it
            assertThat(values[1][2]).isEqualTo(values[0][2]);
        }
    }

    /** Rows 0 and 1 begin alike; row 1 ends after two tokens; row 2 counts nothing. */
    private static TokenBatch batch() {
        int[][] prompts = {{5, 6}, {5, 6}, {7}};
        int[][] responses = {{8, 9, 10, 11}, {8, 9, 0, 0}, {0, 0, 0, 0}};
        return new TokenBatch(prompts, responses, ResponseMask.ofLengths(new int[] {4, 2, 0}, 4));
    }
}
