package dev.tether.core.objective;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.GoldenJson;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EntropyTest {
    @Test
    void goldenEntropies() {
        for (JsonNode golden : GoldenJson.cases("entropy")) {
            double[][] logits = GoldenJson.matrix(golden, "logits");
            double[] expected = GoldenJson.vector(golden, "trl_entropy");
            for (int row = 0; row < expected.length; row++) {
                double entropy = Entropy.ofLogits(logits[row], 1);
                if (GoldenJson.name(golden).equals("neg_inf")) {
                    // TRL's is NaN here; the two tokens that can be drawn have logits 0.5 and 1
                    double p = 1 / (1 + Math.exp(-0.5));
                    assertClose("neg_inf", entropy, -p * Math.log(p) - (1 - p) * Math.log(1 - p), 1e-12);
                } else {
                    assertClose(GoldenJson.name(golden), entropy, expected[row], 1e-9);
                }
            }
        }
    }

    @Test
    void isNeverNegativeAndGreatestWhereAllAreAlike() {
        assertThat(Entropy.ofLogits(new double[] {1e4, 0, -1e4}, 1)).isZero();
        assertClose("uniform", Entropy.ofLogits(new double[7], 1), Math.log(7), 1e-12);
    }

    @Test
    void aTokenThatCannotBeDrawnHasNoGradient() {
        double[] gradient = Entropy.gradient(new double[] {0.5, Double.NEGATIVE_INFINITY, 1}, 1);
        assertThat(gradient[1]).isZero();
        assertClose("the others balance", gradient[0], -gradient[2], 1e-15);
    }

    @Test
    void aHotterDistributionHasMoreEntropy() {
        double[] logits = {0.3, -1.2, 2.0};
        assertThat(Entropy.ofLogits(logits, 2)).isGreaterThan(Entropy.ofLogits(logits, 1));
    }
}
