package dev.tether.core.kl;

/**
 * What two distributions say of the <i>same</i> tokens, in nats; the names end the question which is subtracted from
 * which. The tokens were drawn from the first. All arrays are [B][T], are not copied and are not written to.
 *
 * <p>Counted entries are finite and ≤ 0 (to 1e-6, for rounding); uncounted ones are never read, so padding of any kind
 * may stand there.
 *
 * @param logprobs of the distribution that the tokens were drawn from; for the belt, the policy
 * @param refLogprobs of the one it is measured against; for the belt, the reference
 * @param responseMask true = counts
 */
public record LogprobPair(double[][] logprobs, double[][] refLogprobs, ResponseMask responseMask) {
    private static final double ROUNDING = 1e-6;

    public LogprobPair {
        responseMask.requireShape("logprobs", logprobs);
        responseMask.requireShape("ref_logprobs", refLogprobs);
        requireLogprobs("logprobs", logprobs, responseMask);
        requireLogprobs("ref_logprobs", refLogprobs, responseMask);
    }

    private static void requireLogprobs(String name, double[][] values, ResponseMask mask) {
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                double value = values[b][t];
                if (mask.counts(b, t) && !(value <= ROUNDING && value != Double.NEGATIVE_INFINITY)) {
                    throw new IllegalArgumentException(name + "[" + b + "][" + t + "] = " + value
                            + ", must be finite and <= 0 where the response mask counts the token");
                }
            }
        }
    }

    /** d = logprobs − refLogprobs of one counted token; positive where the first likes the token more. */
    public double logRatio(int sequence, int token) {
        return logprobs[sequence][token] - refLogprobs[sequence][token];
    }

    /** The estimate of every counted token in nats, [B][T], 0 where uncounted. */
    public double[][] natsPerToken(KlEstimator estimator) {
        double[][] nats = new double[logprobs.length][];
        for (int b = 0; b < nats.length; b++) {
            nats[b] = new double[logprobs[b].length];
            for (int t = 0; t < nats[b].length; t++) {
                if (responseMask.counts(b, t)) {
                    nats[b][t] = estimator.natsAt(logRatio(b, t));
                }
            }
        }
        return nats;
    }
}
