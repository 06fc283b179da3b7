package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.stats.Bootstrap;
import dev.tether.core.stats.Interval;
import dev.tether.core.stats.SplitMix;
import org.junit.jupiter.api.Test;

class KlEstimatesTest {
    private static final double[] POLICY = {.5, .3, .15, .05};
    private static final double[] REFERENCE = {.25, .25, .25, .25};

    @Test
    void eachEstimateIsTheSummaryByItsEstimator() {
        LogprobPair pair = sampled(POLICY, 50, 1);
        KlEstimates estimates = KlEstimates.of(pair, KlDirection.POLICY_FIRST, KlAgainst.REFERENCE);
        for (KlEstimator estimator : KlEstimator.values()) {
            assertThat(estimates.by(estimator)).isEqualTo(KlSummary.of(pair, estimator));
        }
        double difference = estimates.k3().natsPerSequence() - estimates.k1().natsPerSequence();
        assertClose("disagreement", estimates.disagreement().nats(), difference, 1e-12);
    }

    @Test
    void theUnbiasedEstimatorsAgreeOnThePolicysOwnTokens() {
        LogprobPair pair = sampled(POLICY, 2000, 2);
        KlEstimates estimates = KlEstimates.of(pair, KlDirection.POLICY_FIRST, KlAgainst.REFERENCE);
        assertThat(estimates.disagreement().isWithin(3)).isTrue();
        double exact = 3 * FullKl.nats(logs(POLICY), logs(REFERENCE));
        assertThat(Math.abs(estimates.k1().natsPerSequence() - exact))
                .isLessThan(3 * estimates.k1().seNatsPerSequence());
        assertThat(Math.abs(estimates.k3().natsPerSequence() - exact))
                .isLessThan(3 * estimates.k3().seNatsPerSequence());
    }

    @Test
    void tokensFromElsewhereMakeThemDisagree() {
        // sampled under top-2 of the policy, but measured as if drawn from all of it
        LogprobPair pair = sampled(new double[] {.625, .375, 0, 0}, 2000, 3);
        KlEstimates estimates = KlEstimates.of(pair, KlDirection.POLICY_FIRST, KlAgainst.REFERENCE);
        assertThat(estimates.disagreement().isWithin(10)).isFalse();
    }

    @Test
    void anUnknownErrorIsNoDisagreement() {
        assertThat(new KlEstimates.Disagreement(5, Double.POSITIVE_INFINITY).isWithin(2))
                .isTrue();
        assertThat(new KlEstimates.Disagreement(-5, 1).isWithin(2)).isFalse();
    }

    @Test
    void intervalsComeFromResampledSequences() {
        LogprobPair pair = sampled(POLICY, 200, 4);
        SequenceSums sums = SequenceSums.of(pair.natsPerToken(KlEstimator.K1), pair.responseMask());
        KlSummary summary = KlSummary.of(pair, KlEstimator.K1);
        Bootstrap bootstrap = new Bootstrap(.6827, 2000, 5);
        for (KlUnit unit : KlUnit.values()) {
            Interval interval = sums.interval(unit, bootstrap);
            assertThat(interval.contains(summary.in(unit))).isTrue();
            double halfWidth = (interval.high() - interval.low()) / 2;
            assertClose("width in " + unit, halfWidth / summary.seIn(unit), 1, 0.08);
        }
    }

    /** Three tokens a sequence, drawn from {@code drawn}, measured under the policy and the reference. */
    private static LogprobPair sampled(double[] drawn, int sequences, long seed) {
        SplitMix random = new SplitMix(seed);
        double[][] logprobs = new double[sequences][3];
        double[][] refLogprobs = new double[sequences][3];
        for (int b = 0; b < sequences; b++) {
            for (int t = 0; t < 3; t++) {
                double u = random.nextDouble();
                int token = 0;
                while (u >= drawn[token]) {
                    u -= drawn[token++];
                }
                logprobs[b][t] = Math.log(POLICY[token]);
                refLogprobs[b][t] = Math.log(REFERENCE[token]);
            }
        }
        return new LogprobPair(logprobs, refLogprobs, ResponseMask.all(sequences, 3));
    }

    private static double[] logs(double[] probabilities) {
        double[] logs = new double[probabilities.length];
        for (int v = 0; v < logs.length; v++) {
            logs[v] = Math.log(probabilities[v]);
        }
        return logs;
    }
}
