package dev.tether.core.kl;

/**
 * All four estimators of one KL, from the same tokens, and whether the two unbiased ones agree. Where tokens were drawn
 * from the first distribution, k3 − k1 = e^(−d) − 1 has mean zero token by token; where it has not, the tokens came from
 * elsewhere, whatever the KL looks like.
 *
 * @param k1 unbiased, may be negative
 * @param absK1 biased upwards
 * @param k2 exact to second order
 * @param k3 unbiased, never negative
 * @param disagreement k3 − k1 as a figure of its own, nats per sequence with its clustered error
 */
public record KlEstimates(KlSummary k1, KlSummary absK1, KlSummary k2, KlSummary k3, Disagreement disagreement) {
    /**
     * Mean of k3 − k1 over sequences.
     *
     * @param nats per sequence; 0 in expectation
     * @param standardError ≥ 0, +∞ = unknown
     */
    public record Disagreement(double nats, double standardError) {
        /** True when the difference is within {@code errors} standard errors, or cannot be judged. */
        public boolean isWithin(double errors) {
            return !(Math.abs(nats) > errors * standardError);
        }
    }

    /** All estimates of the pair's KL; direction and other distribution only name it. */
    public static KlEstimates of(LogprobPair pair, KlDirection direction, KlAgainst against) {
        double[][] differences = pair.natsPerToken(KlEstimator.K3);
        double[][] k1 = pair.natsPerToken(KlEstimator.K1);
        for (int b = 0; b < differences.length; b++) {
            for (int t = 0; t < differences[b].length; t++) {
                differences[b][t] -= k1[b][t];
            }
        }
        var error = SequenceSums.of(differences, pair.responseMask()).error();
        return new KlEstimates(
                KlSummary.of(pair, new KlType(direction, against, KlEstimator.K1)),
                KlSummary.of(pair, new KlType(direction, against, KlEstimator.ABS_K1)),
                KlSummary.of(pair, new KlType(direction, against, KlEstimator.K2)),
                KlSummary.of(pair, new KlType(direction, against, KlEstimator.K3)),
                new Disagreement(error.mean(), error.standardErrorOfMean()));
    }

    /** The summary by that estimator. */
    public KlSummary by(KlEstimator estimator) {
        return switch (estimator) {
            case K1 -> k1;
            case ABS_K1 -> absK1;
            case K2 -> k2;
            case K3 -> k3;
        };
    }
}
