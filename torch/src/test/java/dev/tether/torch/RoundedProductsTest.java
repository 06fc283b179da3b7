package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.objective.PpoClip;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.train.RandomMinibatch;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Products rounded to bfloat16: near the exact ones, not equal to them, and nothing else is rounded. */
class RoundedProductsTest {
    private static final int[][] PROMPTS = {{5, 6, 7}, {9, 4}, {8, 11, 3, 7}};

    @TempDir
    Path directory;

    @BeforeEach
    void writeModel() throws IOException {
        TinyModel.writeWide(directory);
    }

    private TorchPolicyModel open(ComputeType type) {
        return LanguageModels.openPolicy(directory, new ModelSettings(type, ValueKind.SHARED, 0));
    }

    @Test
    void logprobsAreNearTheExactOnesInEveryPass() {
        try (TorchPolicyModel exact = open(ComputeType.FLOAT32);
                TorchPolicyModel rounded = open(ComputeType.BFLOAT16)) {
            Generation sampled =
                    rounded.generate(PROMPTS, new Sampling(12, 1, 0, 1, new int[] {TinyModel.VOCABULARY - 1}), 3);
            TokenBatch answers = new TokenBatch(PROMPTS, sampled.responses(), sampled.responseMask());
            double[][] expected = exact.evaluate(answers, 1).logprobs();
            double[][] evaluated = rounded.evaluate(answers, 1).logprobs();
            double sampledOff = 0;
            double evaluatedOff = 0;
            for (int b = 0; b < PROMPTS.length; b++) {
                for (int t = 0; t < sampled.responseMask().counted(b); t++) {
                    sampledOff += Math.abs(sampled.rolloutLogprobs()[b][t] - expected[b][t]);
                    evaluatedOff += Math.abs(evaluated[b][t] - expected[b][t]);
                }
            }
            long tokens = sampled.responseMask().counted();
            assertThat(sampledOff / tokens).isBetween(1e-6, 0.15);
            assertThat(evaluatedOff / tokens).isBetween(1e-6, 0.15);
        }
    }

    @Test
    void gradientsAreNearTheExactOnes() {
        try (TorchPolicyModel exact = open(ComputeType.FLOAT32);
                TorchPolicyModel rounded = open(ComputeType.BFLOAT16)) {
            Minibatch batch = RandomMinibatch.of(exact, TinyModel.VOCABULARY, 6, 9, 2);
            UpdateObjective objective = UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0));
            UpdateReport expected = exact.update(batch, objective, 1, 1e-3);
            UpdateReport report = rounded.update(batch, objective, 1, 1e-3);
            assertThat(report.gradientNorm())
                    .isCloseTo(expected.gradientNorm(), within(0.02 * expected.gradientNorm()))
                    .isNotEqualTo(expected.gradientNorm());
            assertThat(report.policyLoss()).isCloseTo(expected.policyLoss(), within(5e-3));
        }
    }
}
