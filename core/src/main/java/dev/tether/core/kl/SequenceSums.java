package dev.tether.core.kl;

import dev.tether.core.stats.Bootstrap;
import dev.tether.core.stats.ClusteredError;
import dev.tether.core.stats.Interval;

/**
 * The nats of each sequence that has a counted token: what a KL of either unit, its error and its interval are made of.
 *
 * @param sums nats of one sequence each
 * @param counts its counted tokens, ≥ 1
 */
public record SequenceSums(double[] sums, long[] counts) {
    /** Sums nats per token, [B][T], over the counted tokens of each sequence. */
    public static SequenceSums of(double[][] nats, ResponseMask mask) {
        mask.requireShape("nats", nats);
        int sequences = (int) mask.sequencesCounted();
        double[] sums = new double[sequences];
        long[] counts = new long[sequences];
        int i = 0;
        for (int b = 0; b < nats.length; b++) {
            if (mask.counted(b) > 0) {
                for (int t = 0; t < nats[b].length; t++) {
                    sums[i] += mask.counts(b, t) ? nats[b][t] : 0;
                }
                counts[i++] = mask.counted(b);
            }
        }
        return new SequenceSums(sums, counts);
    }

    /** Means and clustered standard errors. */
    public ClusteredError error() {
        ClusteredError error = ClusteredError.EMPTY;
        for (int i = 0; i < sums.length; i++) {
            error = error.plus(sums[i], counts[i]);
        }
        return error;
    }

    /** The interval of the KL in that unit, by drawing whole sequences with replacement. */
    public Interval interval(KlUnit unit, Bootstrap bootstrap) {
        return unit == KlUnit.NATS_PER_TOKEN ? bootstrap.ofRatio(sums, counts) : bootstrap.ofMean(sums);
    }
}
