package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.filled;
import static dev.tether.core.Arrays2.poisonUncounted;
import static dev.tether.core.Arrays2.randomMask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.stats.ClusteredError;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KlSummaryTest {
    @Test
    void bothUnitsComeFromTheSameTokens() {
        double[][] logprobs = {{-1, -1, -1}, {-2, 7, 7}};
        double[][] refLogprobs = {{-2, -3, -1}, {-1, 7, 7}};
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.ofLengths(new int[] {3, 1}, 3));
        KlSummary summary = KlSummary.of(pair, KlEstimator.K1);
        assertThat(summary.type()).isEqualTo(KlType.reference(KlEstimator.K1));
        assertClose("per token", summary.natsPerToken(), (1 + 2 + 0 - 1) / 4.0, 1e-15);
        assertClose("per sequence", summary.natsPerSequence(), (3 - 1) / 2.0, 1e-15);
        assertThat(summary.maxNatsPerToken()).isEqualTo(2);
        assertThat(summary.tokens()).isEqualTo(4);
        assertThat(summary.sequences()).isEqualTo(2);
        assertThat(summary.in(KlUnit.NATS_PER_TOKEN)).isEqualTo(summary.natsPerToken());
        assertThat(summary.in(KlUnit.NATS_PER_SEQUENCE)).isEqualTo(summary.natsPerSequence());
        assertThat(summary.seIn(KlUnit.NATS_PER_TOKEN)).isEqualTo(summary.seNatsPerToken());
        assertThat(summary.seIn(KlUnit.NATS_PER_SEQUENCE)).isEqualTo(summary.seNatsPerSequence());
    }

    @Test
    void errorsAreThoseOfTheSequences() {
        // sums 3 and -1 over 3 and 1 tokens
        double[][] nats = {{1, 2, 0}, {-1, 0, 0}};
        KlSummary summary =
                KlSummary.of(KlType.reference(KlEstimator.K1), nats, ResponseMask.ofLengths(new int[] {3, 1}, 3));
        assertClose("per sequence", summary.seNatsPerSequence(), Math.sqrt(8.0 / 2), 1e-12);
        // residuals 3 - 0.5*3 and -1 - 0.5*1
        assertClose("per token", summary.seNatsPerToken(), Math.sqrt(2.0 / 1 * (1.5 * 1.5 + 1.5 * 1.5)) / 4, 1e-12);
    }

    @Test
    void oneSequenceHasAnUnknownError() {
        LogprobPair pair =
                new LogprobPair(new double[][] {{-1, -2}}, new double[][] {{-2, -2}}, ResponseMask.all(1, 2));
        KlSummary summary = KlSummary.of(pair, KlEstimator.K1);
        assertThat(summary.seNatsPerSequence()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(summary.seNatsPerToken()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void sequencesWithoutATokenDoNotDiluteTheMean() {
        double[][] nats = {{4, 0}, {Double.NaN, Double.NaN}};
        KlSummary summary =
                KlSummary.of(KlType.reference(KlEstimator.K1), nats, ResponseMask.ofLengths(new int[] {1, 0}, 2));
        assertThat(summary.natsPerSequence()).isEqualTo(4);
        assertThat(summary.sequences()).isEqualTo(1);
    }

    @Test
    void anOverflownK3GivesInfiniteNatsAndAnUnknownErrorButNoNan() {
        double[][] logprobs = {{-800}, {-1}};
        double[][] refLogprobs = {{-1}, {-1}};
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.all(2, 1));
        KlSummary summary = KlSummary.of(pair, KlEstimator.K3);
        assertThat(summary.maxNatsPerToken()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(summary.seNatsPerSequence()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(summary.seNatsPerToken()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(summary.natsPerSequence()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(summary.natsPerToken()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void mergedPartsEqualTheWhole() {
        SplittableRandom random = new SplittableRandom(3);
        ResponseMask mask = randomMask(random, 9, 6);
        double[][] nats = poisonUncounted(filled(mask, random::nextDouble), mask);
        KlType type = KlType.update(KlEstimator.K3);
        KlSummary whole = KlSummary.of(type, nats, mask);
        ClusteredError merged = ClusteredError.EMPTY;
        for (int[] part : new int[][] {{0, 1, 2}, {3}, {4, 5, 6, 7, 8}}) {
            ClusteredError error = ClusteredError.EMPTY;
            for (int b : part) {
                double sum = 0;
                for (int t = 0; t < nats[b].length; t++) {
                    sum += mask.counts(b, t) ? nats[b][t] : 0;
                }
                error = mask.counted(b) > 0 ? error.plus(sum, mask.counted(b)) : error;
            }
            merged = merged.merge(error);
        }
        KlSummary parts = KlSummary.of(type, merged, whole.maxNatsPerToken(), whole.tokens());
        assertClose("token", parts.natsPerToken(), whole.natsPerToken(), 1e-12);
        assertClose("sequence", parts.natsPerSequence(), whole.natsPerSequence(), 1e-12);
        assertClose("se token", parts.seNatsPerToken(), whole.seNatsPerToken(), 1e-12);
        assertClose("se sequence", parts.seNatsPerSequence(), whole.seNatsPerSequence(), 1e-12);
    }

    @Test
    void anErrorThatIsNanIsRefused() {
        assertThatThrownBy(() -> new KlSummary(KlType.reference(KlEstimator.K1), 0, Double.NaN, 0, 0, 0, 1, 1))
                .hasMessage("se_nats_per_token = NaN, must be >= 0, infinite where unknown");
    }

    @Test
    void labelsSayWhichDistributionComesFirst() {
        assertThat(KlType.reference(KlEstimator.K1).label()).isEqualTo("KL(policy ‖ reference) by K1");
        assertThat(KlType.update(KlEstimator.K3).label()).isEqualTo("KL(old policy ‖ policy) by K3");
        assertThat(KlType.sampler(KlEstimator.K2).label()).isEqualTo("KL(sampler ‖ policy) by K2");
    }
}
