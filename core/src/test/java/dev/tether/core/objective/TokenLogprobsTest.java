package dev.tether.core.objective;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.Lcg;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TokenLogprobsTest {
    @Test
    void goldenLogprobsEntropiesAndLogSumExps() {
        int seen = 0;
        for (JsonNode golden : GoldenJson.cases("token_logprobs")) {
            if (!golden.has("logprobs")) {
                continue;
            }
            String name = GoldenJson.name(golden);
            double temperature = GoldenJson.number(golden, "temperature");
            int[] ids = GoldenJson.integers(golden, "ids");
            for (int row = 0; row < ids.length; row++) {
                double[] logits = logits(golden, row);
                String what = name + " row " + row;
                double logprob = TokenLogprobs.logprob(logits, ids[row], temperature);
                assertClose(what, logprob, GoldenJson.vector(golden, "logprobs")[row], 1e-9);
                double entropy = Entropy.ofLogits(logits, temperature);
                assertClose(what, entropy, GoldenJson.vector(golden, "entropy")[row], 1e-9);
                double[] scaled =
                        Arrays.stream(logits).map(z -> z / temperature).toArray();
                double total = TokenLogprobs.logSumExp(scaled);
                assertClose(what, total, GoldenJson.vector(golden, "logsumexp")[row], 1e-9);
                if (golden.has("log_softmax")) {
                    double[] all = TokenLogprobs.logSoftmax(logits, temperature);
                    assertClose(what, all, GoldenJson.matrix(golden, "log_softmax")[row], 1e-9);
                }
            }
            seen++;
        }
        assertThat(seen).isEqualTo(9);
    }

    private static double[] logits(JsonNode golden, int row) {
        if (golden.has("logits")) {
            return GoldenJson.matrix(golden, "logits")[row];
        }
        boolean extreme = GoldenJson.name(golden).endsWith("extreme");
        double[] logits = Lcg.row(extreme ? 7 : 42, row, golden.get("V").asInt(), extreme ? 2e4 : 20);
        if (row == 0) {
            assertClose("first five", Arrays.copyOf(logits, 5), GoldenJson.vector(golden, "first5"), 1e-12);
        }
        return logits;
    }

    @Test
    void goldenGradientsOfLogprobAndEntropy() {
        JsonNode golden = GoldenJson.cases("token_logprobs").stream()
                .filter(c -> GoldenJson.name(c).equals("gradients"))
                .findFirst()
                .orElseThrow();
        double[][] logits = GoldenJson.matrix(golden, "logits");
        int[] ids = GoldenJson.integers(golden, "ids");
        double[] weights = GoldenJson.vector(golden, "weights");
        for (int row = 0; row < ids.length; row++) {
            double weight = weights[row];
            double[] logprob = TokenLogprobs.gradient(logits[row], ids[row], 1);
            double[] entropy = Entropy.gradient(logits[row], 1);
            for (int v = 0; v < logprob.length; v++) {
                double expectedLogprob = GoldenJson.matrix(golden, "grad_of_weighted_logprob_sum")[row][v];
                double expectedEntropy = GoldenJson.matrix(golden, "grad_of_weighted_entropy_sum")[row][v];
                assertClose("logprob", weight * logprob[v], expectedLogprob, 1e-9);
                assertClose("entropy", weight * entropy[v], expectedEntropy, 1e-9);
            }
        }
    }

    @Test
    void gradientsAreThoseOfFiniteDifferencesAtAnyTemperature() {
        double[] logits = {0.3, -1.2, 2.0, 0.1};
        double temperature = 0.7;
        double h = 1e-6;
        for (int v = 0; v < logits.length; v++) {
            double[] up = logits.clone();
            double[] down = logits.clone();
            up[v] += h;
            down[v] -= h;
            double logprob =
                    (TokenLogprobs.logprob(up, 2, temperature) - TokenLogprobs.logprob(down, 2, temperature)) / (2 * h);
            double entropy = (Entropy.ofLogits(up, temperature) - Entropy.ofLogits(down, temperature)) / (2 * h);
            assertClose("logprob", TokenLogprobs.gradient(logits, 2, temperature)[v], logprob, 1e-8);
            assertClose("entropy", Entropy.gradient(logits, temperature)[v], entropy, 1e-8);
        }
    }

    @Test
    void probabilitiesSumToOne() {
        double[] logprobs = TokenLogprobs.logSoftmax(new double[] {1e4, 1e4 - 3, -1e4, Double.NEGATIVE_INFINITY}, 1);
        assertClose("sum", Arrays.stream(logprobs).map(Math::exp).sum(), 1, 1e-12);
    }

    @Test
    void logitsWithoutADistributionAreRefused() {
        double[] none = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        assertThatThrownBy(() -> TokenLogprobs.logSoftmax(none, 1))
                .hasMessage("log-sum-exp of the logits = -Infinity, must be finite");
        assertThatThrownBy(() -> TokenLogprobs.logSoftmax(new double[] {1, Double.NaN}, 1))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> TokenLogprobs.logSoftmax(new double[] {1}, 0))
                .hasMessage("temperature = 0.0, must be finite and > 0");
        assertThatThrownBy(() -> TokenLogprobs.gradient(new double[] {1, 2}, 2, 1))
                .hasMessage("token = 2, must be in 0..1");
        assertThatThrownBy(() -> TokenLogprobs.gradient(new double[] {1, 2}, -1, 1))
                .hasMessage("token = -1, must be in 0..1");
        assertThatThrownBy(() -> TokenLogprobs.logprob(new double[] {1, 2}, 2, 1))
                .hasMessage("token = 2, must be in 0..1");
    }
}
