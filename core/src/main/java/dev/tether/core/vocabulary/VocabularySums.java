package dev.tether.core.vocabulary;

/**
 * The sums over a whole vocabulary that exact figures are made of, accumulated in double precision. A row is [V]; it may
 * hold −∞ for a token that cannot be chosen. All implementations agree to 1e-12 of the greater of one and the sum.
 */
public interface VocabularySums {
    /** log Σ e^z nats, the greatest z taken out first; −∞ when every z is −∞ or there is none, NaN where one is NaN or +∞. */
    double logSumExp(double[] logits);

    /** {@link #logSumExp(double[])} of the same numbers in single precision. */
    double logSumExp(float[] logits);

    /**
     * Σ_v p_v (log p_v − log q_v) nats, over the v that p can draw; +∞ where q cannot draw one of them. May fall below
     * zero by rounding.
     *
     * @param logprobs log p
     * @param refLogprobs log q, of the same length
     */
    double kl(double[] logprobs, double[] refLogprobs);

    /** {@link #kl(double[], double[])} of the same numbers in single precision. */
    double kl(float[] logprobs, float[] refLogprobs);

    /** What does the summing, for people. */
    String describe();

    /** The fastest that this process has; the scalar ones where nothing else works. */
    static VocabularySums best() {
        return BestSums.BEST;
    }
}
