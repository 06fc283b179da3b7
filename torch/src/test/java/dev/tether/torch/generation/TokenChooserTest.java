package dev.tether.torch.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.model.Sampling;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a token beside its id, in single precision over a large vocabulary. */
class TokenChooserTest {
    private static final int ROWS = 16;
    private static final int VOCABULARY = 32_000;

    private final double[][] logits = logits();

    /** Every other row has one token beside which each other is lost in a float, and all together are not. */
    private static double[][] logits() {
        Random random = new Random(3);
        double[][] rows = new double[ROWS][VOCABULARY];
        for (int b = 0; b < ROWS; b++) {
            Arrays.setAll(rows[b], v -> (float) random.nextGaussian());
            rows[b][7] = b % 2 == 0 ? 17 : 0;
        }
        return rows;
    }

    private TokenChooser.Chosen choose(Sampling sampling) {
        TorchEngine.ensureStarted();
        double[] uniforms = new Random(4).doubles(ROWS).toArray();
        double[] flat = Arrays.stream(logits).flatMapToDouble(Arrays::stream).toArray();
        return Scoped.computeWithoutGradients(() ->
                new TokenChooser(sampling).choose(Tensors.of(flat, ScalarType.Float, ROWS, VOCABULARY), uniforms));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.6, 1.5})
    void logprobsAndEntropiesAreThoseOfTheDistributionInDoublePrecision(double temperature) {
        TokenChooser.Chosen chosen = choose(new Sampling(1, temperature, 0, 1, new int[0]));
        for (int b = 0; b < ROWS; b++) {
            double[] x = Arrays.stream(logits[b]).map(l -> l / temperature).toArray();
            double max = Arrays.stream(x).max().orElseThrow();
            double logSum =
                    max + Math.log(Arrays.stream(x).map(l -> Math.exp(l - max)).sum());
            double entropy = Arrays.stream(x)
                    .map(l -> Math.exp(l - logSum) * (logSum - l))
                    .sum();
            assertThat(chosen.logprobs()[b]).isCloseTo(x[(int) chosen.ids()[b]] - logSum, within(3e-6));
            assertThat(chosen.entropy()[b]).isCloseTo(entropy, within(1e-5));
        }
    }

    @Test
    void aTruncatedDistributionHasNoEntropyToTell() {
        assertThat(choose(new Sampling(1, 1, 5, 1, new int[0])).entropy()).containsOnly(0);
        assertThat(choose(new Sampling(1, 0, 0, 1, new int[0])).entropy()).containsOnly(0);
    }
}
