package dev.tether.core.kl;

import dev.tether.core.law.Require;

/**
 * The two clamps found in the field: the log-ratio d is cut to ±logRatioLimit before the estimator, its value to
 * ±natsLimit after. Where either cuts, the penalty's gradient is zero: the belt is slack on just the tokens that are
 * furthest away. Tether's own belt has no clamp; this measures what others' have.
 *
 * @param logRatioLimit &gt; 0, infinite = none
 * @param natsLimit &gt; 0, infinite = none
 */
public record KlClamp(double logRatioLimit, double natsLimit) {
    /** Cuts nothing. */
    public static final KlClamp NONE = new KlClamp(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public KlClamp {
        Require.that(logRatioLimit > 0, "log_ratio_limit", logRatioLimit, "> 0, infinite for none");
        Require.that(natsLimit > 0, "nats_limit", natsLimit, "> 0, infinite for none");
    }

    /** The clamped estimate in nats. */
    public double natsAt(KlEstimator estimator, double logRatio) {
        double bounded = Math.max(-logRatioLimit, Math.min(logRatioLimit, logRatio));
        return Math.max(-natsLimit, Math.min(natsLimit, estimator.natsAt(bounded)));
    }

    /** True where a clamp cuts, and the gradient with it. */
    public boolean cuts(KlEstimator estimator, double logRatio) {
        return Math.abs(logRatio) > logRatioLimit || Math.abs(estimator.natsAt(logRatio)) > natsLimit;
    }

    /** The clamped KL(policy ‖ reference) of a pair, with the share of tokens that were cut. */
    public KlFigure figure(LogprobPair pair, KlEstimator estimator, KlUnit unit) {
        ResponseMask mask = pair.responseMask();
        double[][] nats = new double[mask.sequences()][];
        long cut = 0;
        for (int b = 0; b < nats.length; b++) {
            nats[b] = new double[mask.width(b)];
            for (int t = 0; t < nats[b].length; t++) {
                if (mask.counts(b, t)) {
                    double logRatio = pair.logRatio(b, t);
                    nats[b][t] = natsAt(estimator, logRatio);
                    cut += cuts(estimator, logRatio) ? 1 : 0;
                }
            }
        }
        KlFigure whole = KlSummary.of(KlType.reference(estimator), nats, mask).figure(unit);
        double share = (double) cut / mask.counted();
        return new KlFigure(
                whole.type(),
                whole.aggregation(),
                whole.nats(),
                whole.standardError(),
                whole.tokens(),
                whole.sequences(),
                share);
    }
}
