package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.FullKl;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.stats.Masked;
import dev.tether.run.InputException;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.TokenBatch;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactKlTest {
    /** A few tokens of everything, so that every loop goes round more than once. */
    private static final PieceSizes SMALL = new PieceSizes(20, 40 * 3, 40 * 3, 40 * 2);

    @TempDir
    static Path scratch;

    @ParameterizedTest
    @CsvSource({"FLOAT64, 1, 1e-10", "FLOAT64, 0.7, 1e-10", "FLOAT32, 1, 1e-5", "FLOAT32, 1.6, 1e-5"})
    void bothDirectionsEqualTheDoublePrecisionJudge(ComputeType type, double temperature, double tolerance) {
        try (TinyPair pair = TinyPair.of(scratch, 40, type)) {
            TokenBatch batch = pair.batch();
            for (PieceSizes sizes : new PieceSizes[] {SMALL, PieceSizes.DEFAULT}) {
                ExactKl exact = pair.probe(sizes).exactKl(batch, temperature);
                assertThat(exact.policyToReference()).hasDimensions(5, 9);
                assertThat(exact.referenceToPolicy()).hasDimensions(5, 9);
                for (int b = 0; b < batch.sequences(); b++) {
                    double[][] policy = TinyPair.distributions(pair.policy(), batch, b, temperature);
                    double[][] reference = TinyPair.distributions(pair.reference(), batch, b, temperature);
                    for (int t = 0; t < batch.responseWidth(); t++) {
                        boolean counts = batch.responseMask().counts(b, t);
                        assertThat(exact.policyToReference()[b][t])
                                .isCloseTo(counts ? FullKl.nats(policy[t], reference[t]) : 0, within(tolerance));
                        assertThat(exact.referenceToPolicy()[b][t])
                                .isCloseTo(counts ? FullKl.nats(reference[t], policy[t]) : 0, within(tolerance));
                        assertThat(exact.policyToReference()[b][t] > 0.01).isEqualTo(counts);
                    }
                }
            }
        }
    }

    @Test
    void aPolicyIsAtDistanceZeroFromItself() {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT32)) {
            TorchBeltProbe probe = new TorchBeltProbe(pair.policy(), pair.policy());
            ExactKl exact = probe.exactKl(pair.batch(), 0.9);
            assertThat(exact.policyToReference()).isDeepEqualTo(new double[5][9]);
            assertThat(exact.referenceToPolicy()).isDeepEqualTo(new double[5][9]);
        }
    }

    /** KL grows with the square of the noise; an error of single precision, 1e-7, would drown it here. */
    @Test
    void aSmallDistanceIsNotLostInRounding() {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT32);
                TinyPair same = TinyPair.of(scratch, 40, ComputeType.FLOAT32)) {
            TorchBeltProbe probe = new TorchBeltProbe(pair.policy(), same.policy());
            TokenBatch batch = pair.batch();
            double far = mean(probe.nearPolicy(1e-2, 3, () -> probe.exactKl(batch, 1)), batch);
            double near = mean(probe.nearPolicy(1e-4, 3, () -> probe.exactKl(batch, 1)), batch);
            assertThat(far).isBetween(1e-5, 1e-2);
            assertThat(near / far).isCloseTo(1e-4, within(2e-5));
        }
    }

    private static double mean(ExactKl exact, TokenBatch batch) {
        return Masked.of(exact.policyToReference(), batch.responseMask()).mean();
    }

    @Test
    void tokensOfNoProbabilityAddNothing() {
        double never = Double.NEGATIVE_INFINITY;
        double[] expected = Scoped.computeWithoutGradients(() -> {
            Tensor weights = Tensors.of(new double[] {1, 1, 0, 2, 3, 0}, 3, 2);
            Tensor sums = Tensors.of(new double[] {2, 2, 3}, 3, 1);
            // where the other never says it, where only the other says it, where neither does
            Tensor logRatios = Tensors.of(new double[] {-1, -never, never, Math.log(2), 0, Double.NaN}, 3, 2);
            return Tensors.toDoubles(Distributions.expectation(weights, sums, logRatios));
        });
        assertThat(expected).containsExactly(Double.POSITIVE_INFINITY, Math.log(2), 0);
    }

    @Test
    void modelsOfDifferentVocabulariesAreRefused() {
        try (TinyPair small = TinyPair.of(scratch, 4, ComputeType.FLOAT32);
                TinyPair large = TinyPair.of(scratch, 40, ComputeType.FLOAT32)) {
            assertThatThrownBy(() -> new TorchBeltProbe(small.policy(), large.reference()))
                    .isInstanceOf(InputException.class)
                    .hasMessage("the policy knows 4 tokens, the reference 40: a KL needs two models of one vocabulary");
        }
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT32)) {
            TorchBeltProbe probe = pair.probe(PieceSizes.DEFAULT);
            assertThatThrownBy(() -> probe.exactKl(pair.batch(), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("temperature = 0.0, must be finite and > 0");
            TokenBatch tooLong = new TokenBatch(new int[1][30], new int[1][3], ResponseMask.all(1, 3));
            assertThatThrownBy(() -> probe.exactKl(tooLong, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("together 33: the model's context is 32");
            assertThatThrownBy(() -> probe.nearPolicy(0, 1, () -> 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("relative_noise = 0.0, must be finite and > 0");
        }
    }
}
