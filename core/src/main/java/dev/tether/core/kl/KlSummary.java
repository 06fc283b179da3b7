package dev.tether.core.kl;

import dev.tether.core.law.Require;
import dev.tether.core.stats.ClusteredError;

/**
 * The KL of one batch in both units, with standard errors that take the sequence, not the token, for the independent
 * draw. An error that cannot be known (from a single sequence, say) is {@link Double#POSITIVE_INFINITY}, never NaN.
 * The nats themselves may be NaN or infinite in a reading that was taken from elsewhere: whoever steers by them must
 * refuse such a reading.
 *
 * @param type direction, against whom, estimator
 * @param natsPerToken Σ over counted tokens / their number
 * @param seNatsPerToken its standard error, clustered by sequence; ≥ 0, +∞ = unknown
 * @param natsPerSequence mean over sequences with a counted token of the sum over their counted tokens
 * @param seNatsPerSequence its standard error; ≥ 0, +∞ = unknown
 * @param maxNatsPerToken the greatest single token
 * @param tokens counted tokens
 * @param sequences sequences with at least one counted token
 */
public record KlSummary(
        KlType type,
        double natsPerToken,
        double seNatsPerToken,
        double natsPerSequence,
        double seNatsPerSequence,
        double maxNatsPerToken,
        long tokens,
        long sequences) {

    public KlSummary {
        Require.that(seNatsPerToken >= 0, "se_nats_per_token", seNatsPerToken, ">= 0, infinite where unknown");
        Require.that(seNatsPerSequence >= 0, "se_nats_per_sequence", seNatsPerSequence, ">= 0, infinite where unknown");
        Require.atLeast("sequences", sequences, 1);
        Require.atLeast("tokens", tokens, sequences);
    }

    /** KL(policy ‖ reference) of the pair. */
    public static KlSummary of(LogprobPair pair, KlEstimator estimator) {
        return of(pair, KlType.reference(estimator));
    }

    /**
     * The KL of the pair, called by its {@code type}: the first distribution of the type is the pair's {@code logprobs},
     * the second its {@code refLogprobs}.
     */
    public static KlSummary of(LogprobPair pair, KlType type) {
        return of(type, pair.natsPerToken(type.estimator()), pair.responseMask());
    }

    /** The summary of nats per token that were estimated already, [B][T]; uncounted entries are not read. */
    public static KlSummary of(KlType type, double[][] nats, ResponseMask mask) {
        SequenceSums sums = SequenceSums.of(nats, mask);
        double max = Double.NEGATIVE_INFINITY;
        for (int b = 0; b < nats.length; b++) {
            for (int t = 0; t < nats[b].length; t++) {
                max = mask.counts(b, t) ? Math.max(max, nats[b][t]) : max;
            }
        }
        return of(type, sums.error(), max, mask.counted());
    }

    /** The summary of sums per sequence that were accumulated, or merged from parts, elsewhere. */
    public static KlSummary of(KlType type, ClusteredError error, double maxNatsPerToken, long tokens) {
        return new KlSummary(
                type,
                error.ratio(),
                error.standardErrorOfRatio(),
                error.mean(),
                error.standardErrorOfMean(),
                maxNatsPerToken,
                tokens,
                error.sequences());
    }

    /** The mean in that unit. */
    public double in(KlUnit unit) {
        return unit == KlUnit.NATS_PER_TOKEN ? natsPerToken : natsPerSequence;
    }

    /** The standard error in that unit; +∞ = unknown. */
    public double seIn(KlUnit unit) {
        return unit == KlUnit.NATS_PER_TOKEN ? seNatsPerToken : seNatsPerSequence;
    }

    /** One of the two figures, with everything that says what it is. */
    public KlFigure figure(KlUnit unit) {
        KlAggregation aggregation =
                unit == KlUnit.NATS_PER_TOKEN ? KlAggregation.TOKEN_MEAN : KlAggregation.SEQUENCE_SUM_MEAN;
        return new KlFigure(type, aggregation, in(unit), seIn(unit), tokens, sequences, 0);
    }
}
