package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.ResponsePass;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.optim.Gradients;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.TokenBatch;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By enumeration of every response over four tokens (identity I9 and its gradient). */
class SequenceKlTest {
    private static final int VOCABULARY = 4;
    private static final int TOKENS = 3;
    private static final int RESPONSES = 64;

    @TempDir
    static Path scratch;

    @Test
    void theGradientOnSampledPrefixesIsThatOfTheWholeSequencesInTheMean() {
        try (TinyPair pair = TinyPair.of(scratch, VOCABULARY, ComputeType.FLOAT64)) {
            TokenBatch all = everyResponse();
            double[] probabilities = probabilities(pair.policy(), all);
            assertThat(Arrays.stream(probabilities).sum()).isCloseTo(1, within(1e-12));
            double[] mean = new double[0];
            ProbeBackward backward = new ProbeBackward(pair.policy(), pair.reference(), 1, PieceSizes.DEFAULT);
            for (int y = 0; y < RESPONSES; y++) {
                double[] gradient = gradient(new ProbeLoss.SequenceKl(all.rows(y)), pair.policy(), backward);
                mean = mean.length == 0 ? new double[gradient.length] : mean;
                for (int i = 0; i < gradient.length; i++) {
                    mean[i] += probabilities[y] * TOKENS * gradient[i]; // the loss is a mean over tokens
                }
            }
            double[] expected = gradientOfEnumeratedKl(pair, all);
            double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            assertThat(largest).isGreaterThan(0.01);
            assertThat(mean).containsExactly(expected, within(1e-10 * largest));
        }
    }

    private static TokenBatch everyResponse() {
        int[][] prompts = new int[RESPONSES][];
        int[][] responses = new int[RESPONSES][];
        for (int y = 0; y < RESPONSES; y++) {
            prompts[y] = new int[] {2, 1};
            responses[y] = new int[] {y / 16, y / 4 % 4, y % 4};
        }
        return new TokenBatch(prompts, responses, ResponseMask.all(RESPONSES, TOKENS));
    }

    private static double[] probabilities(CausalLm model, TokenBatch all) {
        return Scoped.computeWithoutGradients(
                () -> Tensors.toDoubles(sequenceLogprobs(model, all).exp()));
    }

    private static Tensor sequenceLogprobs(CausalLm model, TokenBatch all) {
        return ResponsePass.run(model, null, all, 1, EntropyGradient.NONE)
                .logprobs()
                .sum(1);
    }

    private static double[] gradient(ProbeLoss loss, CausalLm policy, ProbeBackward backward) {
        try (Tensor gradient = GradientProducts.gradient(loss, policy, backward)) {
            return Tensors.toDoubles(gradient);
        }
    }

    /** ∇ Σ_y π(y) · (log π(y) − log π_ref(y)). */
    private static double[] gradientOfEnumeratedKl(TinyPair pair, TokenBatch all) {
        try (Gradients gradients = new Gradients(pair.policy().parameters().values())) {
            Scoped.run(() -> {
                Tensor logprobs = sequenceLogprobs(pair.policy(), all);
                logprobs.exp()
                        .mul(logprobs.sub(sequenceLogprobs(pair.reference(), all)))
                        .sum()
                        .backward();
            });
            return Tensors.toDoubles(gradients.whole());
        }
    }
}
