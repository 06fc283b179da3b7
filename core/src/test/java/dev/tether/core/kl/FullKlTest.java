package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.Lcg;
import dev.tether.core.objective.TokenLogprobs;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class FullKlTest {
    @Test
    void goldenBothDirectionsAndJensenShannon() {
        for (JsonNode golden : GoldenJson.cases("kl_full_vocab")) {
            String name = GoldenJson.name(golden);
            double[] expected = GoldenJson.vector(golden, "kl_policy_ref_safe");
            for (int row = 0; row < expected.length; row++) {
                double[] policy = logprobs(golden, "policy_logits", 11, row);
                double[] reference = logprobs(golden, "ref_logits", 12, row);
                assertClose(name, FullKl.nats(policy, reference), expected[row], 1e-9);
                assertClose(
                        name,
                        FullKl.nats(reference, policy),
                        GoldenJson.vector(golden, "kl_ref_policy_safe")[row],
                        1e-9);
                assertClose(name, FullKl.jensenShannon(policy, reference), GoldenJson.vector(golden, "js")[row], 1e-9);
            }
        }
    }

    private static double[] logprobs(JsonNode golden, String field, long seed, int row) {
        double[] logits = golden.has(field)
                ? GoldenJson.matrix(golden, field)[row]
                : Lcg.row(seed, row, golden.get("V").asInt(), 10);
        return TokenLogprobs.logSoftmax(logits, 1);
    }

    /** Vector d1.2: TRL's test of the exact reverse KL. */
    @Test
    void trlExactVector() {
        assertClose("far", FullKl.nats(log(.98, .01, .01), log(.01, .01, .98)), 4.4474, 1e-4);
        assertClose("also far", FullKl.nats(log(.01, .98, .01), log(.01, .01, .98)), 4.4474, 1e-4);
        assertClose("split", FullKl.nats(log(.49, .02, .49), log(.01, .98, .01)), 3.7361, 1e-4);
        assertClose("same", FullKl.nats(log(.49, .02, .49), log(.49, .02, .49)), 0, 0);
    }

    /** Vector d3.34's first two lines: 0 · log 0 is 0, and mass where the other has none is infinitely far. */
    @Test
    void aTokenThatCannotBeDrawnAddsNothing() {
        assertClose("p = 0", FullKl.nats(log(0, 1), log(.5, .5)), Math.log(2), 1e-15);
        assertClose("both 0", FullKl.nats(log(0, 1), log(0, 1)), 0, 0);
        assertThat(FullKl.nats(log(.5, .5), log(0, 1))).isEqualTo(Double.POSITIVE_INFINITY);
        assertClose("disjoint", FullKl.jensenShannon(log(0, 1), log(1, 0)), Math.log(2), 1e-15);
    }

    @Test
    void neitherDirectionIsEverNegative() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2000; i++) {
            double[] p = new double[5];
            double[] q = new double[5];
            for (int v = 0; v < 5; v++) {
                p[v] = 6 * random.nextDouble();
                q[v] = p[v] + 1e-7 * random.nextDouble();
            }
            double[] first = TokenLogprobs.logSoftmax(p, 1);
            double[] second = TokenLogprobs.logSoftmax(q, 1);
            assertThat(FullKl.nats(first, second)).isNotNegative();
            assertThat(FullKl.jensenShannon(first, second)).isBetween(0.0, Math.log(2));
        }
    }

    @Test
    void differentVocabulariesAreRefused() {
        assertThatThrownBy(() -> FullKl.nats(log(.5, .5), log(1)))
                .hasMessage("ref_logprobs has length 1, must equal the length of logprobs, 2");
    }

    private static double[] log(double... probabilities) {
        double[] logprobs = new double[probabilities.length];
        for (int v = 0; v < logprobs.length; v++) {
            logprobs[v] = Math.log(probabilities[v]);
        }
        return logprobs;
    }
}
