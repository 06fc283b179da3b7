package dev.tether.core.kl;

import dev.tether.core.law.Require;
import dev.tether.core.vocabulary.VocabularySums;

/**
 * The exact KL of two next-token distributions over the whole vocabulary, no sampling: Σ_v p_v (log p_v − log q_v)
 * nats. A token that p cannot draw adds nothing (0 · log 0 = 0), whatever q says of it; one that p can draw and q cannot
 * makes it +∞. Arguments are logprobs, [V], each of a distribution that sums to 1.
 */
public final class FullKl {
    private FullKl() {}

    /**
     * KL(p ‖ q) ≥ 0. With the policy first this is what the belt measures; with the reference first, the forward KL.
     *
     * @param logprobs of p
     * @param refLogprobs of q
     */
    public static double nats(double[] logprobs, double[] refLogprobs) {
        Require.sameLength("ref_logprobs", refLogprobs.length, "logprobs", logprobs.length);
        return Math.max(0, VocabularySums.best().kl(logprobs, refLogprobs));
    }

    /** {@link #nats(double[], double[])} of logprobs recorded in single precision, summed in double. */
    public static double nats(float[] logprobs, float[] refLogprobs) {
        Require.sameLength("ref_logprobs", refLogprobs.length, "logprobs", logprobs.length);
        return Math.max(0, VocabularySums.best().kl(logprobs, refLogprobs));
    }

    /**
     * Jensen and Shannon's symmetric distance: ½ KL(p ‖ m) + ½ KL(q ‖ m), m = ½(p + q). Between 0 and log 2, finite
     * always.
     */
    public static double jensenShannon(double[] logprobs, double[] refLogprobs) {
        Require.sameLength("ref_logprobs", refLogprobs.length, "logprobs", logprobs.length);
        double nats = 0;
        for (int v = 0; v < logprobs.length; v++) {
            double p = Math.exp(logprobs[v]);
            double q = Math.exp(refLogprobs[v]);
            double logMixture = Math.log(0.5 * (p + q));
            nats += p > 0 ? 0.5 * p * (logprobs[v] - logMixture) : 0;
            nats += q > 0 ? 0.5 * q * (refLogprobs[v] - logMixture) : 0;
        }
        return Math.max(0, Math.min(Math.log(2), nats));
    }
}
