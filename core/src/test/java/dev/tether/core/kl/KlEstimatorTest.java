package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.GoldenJson;
import dev.tether.core.objective.TokenLogprobs;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KlEstimatorTest {
    @Test
    void goldenPerTokenValues() {
        for (JsonNode golden : GoldenJson.cases("kl_per_token")) {
            double[][] logprobs = GoldenJson.matrix(golden, "logprobs");
            double[][] refLogprobs = GoldenJson.matrix(golden, "ref_logprobs");
            ResponseMask all = ResponseMask.all(logprobs.length, logprobs[0].length);
            LogprobPair pair = new LogprobPair(logprobs, refLogprobs, all);
            String name = GoldenJson.name(golden);
            assertClose(name, pair.natsPerToken(KlEstimator.K1), GoldenJson.matrix(golden, "k1"), 1e-9);
            assertClose(name, pair.natsPerToken(KlEstimator.ABS_K1), GoldenJson.matrix(golden, "abs"), 1e-9);
            assertClose(name, pair.natsPerToken(KlEstimator.K2), GoldenJson.matrix(golden, "k2"), 1e-9);
            assertClose(name, pair.natsPerToken(KlEstimator.K3), GoldenJson.matrix(golden, "k3"), 1e-9);
        }
    }

    /** Absolute 1e-9 says nothing of 5e-19: these digits are what the expm1 form is for. */
    @Test
    void k3KeepsItsDigitsAtTinyLogRatios() {
        for (JsonNode golden : GoldenJson.cases("kl_per_token")) {
            if (!GoldenJson.name(golden).equals("tiny_differences")) {
                continue;
            }
            double[] k1 = GoldenJson.matrix(golden, "k1")[0];
            for (double d : k1) {
                double series = d * d / 2 - d * d * d / 6 + d * d * d * d / 24;
                double error = Math.abs(KlEstimator.K3.natsAt(d) - series);
                // expm1(-d) carries a relative rounding of 1e-16 of d, which d itself then cancels
                assertThat(error).isLessThan(2e-16 * Math.abs(d));
            }
        }
    }

    @Test
    void goldenMomentsHoldExactlyUnderThePolicy() {
        JsonNode golden = GoldenJson.section("kl_estimator_moments");
        double[] policy = TokenLogprobs.logSoftmax(GoldenJson.vector(golden, "policy_logits"), 1);
        double[] reference = TokenLogprobs.logSoftmax(GoldenJson.vector(golden, "ref_logits"), 1);
        double k1 = mean(policy, reference, KlEstimator.K1);
        double k3 = mean(policy, reference, KlEstimator.K3);
        assertClose("exact", FullKl.nats(policy, reference), GoldenJson.number(golden, "exact_kl"), 1e-9);
        assertClose("k1", k1, GoldenJson.number(golden, "mean_k1"), 1e-9);
        assertClose("k2", mean(policy, reference, KlEstimator.K2), GoldenJson.number(golden, "mean_k2"), 1e-9);
        assertClose("k3", k3, GoldenJson.number(golden, "mean_k3"), 1e-9);
        assertClose("abs", mean(policy, reference, KlEstimator.ABS_K1), GoldenJson.number(golden, "mean_abs"), 1e-9);
        double varK1 = meanSquare(policy, reference, KlEstimator.K1) - k1 * k1;
        double varK3 = meanSquare(policy, reference, KlEstimator.K3) - k3 * k3;
        assertClose("var k1", varK1, GoldenJson.number(golden, "var_k1"), 1e-9);
        assertClose("var k3", varK3, GoldenJson.number(golden, "var_k3"), 1e-9);
    }

    private static double mean(double[] policy, double[] reference, KlEstimator estimator) {
        double mean = 0;
        for (int v = 0; v < policy.length; v++) {
            mean += Math.exp(policy[v]) * estimator.natsAt(policy[v] - reference[v]);
        }
        return mean;
    }

    private static double meanSquare(double[] policy, double[] reference, KlEstimator estimator) {
        double mean = 0;
        for (int v = 0; v < policy.length; v++) {
            double nats = estimator.natsAt(policy[v] - reference[v]);
            mean += Math.exp(policy[v]) * nats * nats;
        }
        return mean;
    }

    /** Vector d1.1: TRL's own unit test. Its logprobs are positive, so the estimator is asked, not the pair. */
    @Test
    void trlUnitTestVector() {
        double[] logprobs = {.5, .2, .1, .6, .2, .1};
        double[] refLogprobs = {.4, .3, .0, .7, .1, .3};
        double[] mse = {.005, .005, .005, .005, .005, .02};
        double[] kl = {.1, -.1, .1, -.1, .1, -.2};
        for (int i = 0; i < kl.length; i++) {
            double d = logprobs[i] - refLogprobs[i];
            assertClose("k1", KlEstimator.K1.natsAt(d), kl[i], 1e-12);
            assertClose("abs", KlEstimator.ABS_K1.natsAt(d), Math.abs(kl[i]), 1e-12);
            assertClose("k2", KlEstimator.K2.natsAt(d), mse[i], 1e-12);
        }
    }

    /** Vector d1.3, without its clamps. */
    @Test
    void nemoUnclampedVector() {
        double[] d = {-1, 14, 29};
        double[] k2 = {.5, 98, 420.5};
        double[] k3 = {Math.E - 2, 13 + Math.exp(-14), 28 + Math.exp(-29)};
        for (int i = 0; i < d.length; i++) {
            assertClose("k1", KlEstimator.K1.natsAt(d[i]), d[i], 0);
            assertClose("k2", KlEstimator.K2.natsAt(d[i]), k2[i], 1e-12);
            assertClose("k3", KlEstimator.K3.natsAt(d[i]), k3[i], 1e-12);
        }
    }

    /** Vector d1.7: differences .1, .1, .1 of which the third is masked and holds NaN. */
    @Test
    void skyrlVectorWithNanAtTheMaskedPlace() {
        double[][] logprobs = {{.2 - 1, .3 - 1, Double.NaN}};
        double[][] refLogprobs = {{.1 - 1, .2 - 1, .4 - 1}};
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.ofLengths(new int[] {2}, 3));
        assertClose("k1", pair.natsPerToken(KlEstimator.K1), new double[][] {{.1, .1, 0}}, 1e-12);
        assertClose("abs", pair.natsPerToken(KlEstimator.ABS_K1), new double[][] {{.1, .1, 0}}, 1e-12);
        assertClose("k2", pair.natsPerToken(KlEstimator.K2), new double[][] {{.005, .005, 0}}, 1e-12);
        assertClose("k3", pair.natsPerToken(KlEstimator.K3), new double[][] {{.0048374, .0048374, 0}}, 1e-7);
    }

    /** Vector d1.8: a complete estimator vector, given as log-ratios. */
    @Test
    void tunixVector() {
        double[] d = {
            .38486493,
            .7469206,
            .3495195,
            .5621129,
            -.4474684,
            -.13095665,
            .46064317,
            -.19887352,
            .43108296,
            .53564644,
            -.25296474,
            .44137287,
            -.06834459,
            -.12115264,
            -.61533415,
            .15468943
        };
        double[] k2 = {
            .07406051, .27894518, .06108194, .15798548, .10011399, .00857482, .10609607, .01977534, .09291626,
            .14345856, .03199558, .09740501, .00233549, .00733898, .18931806, .01196441
        };
        double[] k3 = {
            .0654075, .220744, .0545462, .1321163, .1168784, .0089617, .0915209, .0211542, .080888, .1209372, .0348731,
            .0845257, .0023897, .0076445, .2349406, .0113707
        };
        for (int i = 0; i < d.length; i++) {
            assertClose("k2 of " + d[i], KlEstimator.K2.natsAt(d[i]), k2[i], 1e-7);
            assertClose("k3 of " + d[i], KlEstimator.K3.natsAt(d[i]), k3[i], 1e-6);
        }
    }

    /** Vector d1.8's middle: tunix, differences of 9 nats either way, which half precision must not lose either. */
    @Test
    void tunixVectorFarFromTheReference() {
        assertClose("far below", KlEstimator.K3.natsAt(-9), Math.exp(9) - 10, 1e-9);
        assertClose("as printed", KlEstimator.K3.natsAt(-9), 8093.08, 0.005);
        assertClose("far above", KlEstimator.K3.natsAt(9), 8.000123, 5e-7);
        assertClose("same", KlEstimator.K3.natsAt(0), 0, 0);
    }

    @Test
    void k2AndK3AndAbsAreNeverNegative() {
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < 20_000; i++) {
            double d = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-12, 4));
            assertThat(KlEstimator.K2.natsAt(d)).isNotNegative();
            assertThat(KlEstimator.K3.natsAt(d)).isNotNegative();
            assertThat(KlEstimator.ABS_K1.natsAt(d)).isNotNegative();
        }
    }

    @Test
    void everyEstimatorIsZeroWhereTheTwoAgree() {
        for (KlEstimator estimator : KlEstimator.values()) {
            assertThat(estimator.natsAt(0)).isZero();
        }
    }

    @Test
    void whatIsUnbiasedAndWhatMayBeNegativeIsSaid() {
        assertThat(KlEstimator.K1.isUnbiased()).isTrue();
        assertThat(KlEstimator.K3.isUnbiased()).isTrue();
        assertThat(KlEstimator.K2.isUnbiased()).isFalse();
        assertThat(KlEstimator.ABS_K1.isUnbiased()).isFalse();
        assertThat(KlEstimator.K1.mayBeNegative()).isTrue();
        assertThat(KlEstimator.K3.mayBeNegative()).isFalse();
    }

    @Test
    void nanIsNeverHidden() {
        for (KlEstimator estimator : KlEstimator.values()) {
            assertThat(estimator.natsAt(Double.NaN)).isNaN();
        }
    }
}
