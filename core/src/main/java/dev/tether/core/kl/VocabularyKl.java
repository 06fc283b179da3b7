package dev.tether.core.kl;

/** The ways to a KL that look at every token that could have been drawn, not only at the one that was. */
public enum VocabularyKl implements KlMeasure {
    /**
     * The exact KL of each position's distributions, averaged over sampled prefixes (Amini, Vieira and Cotterell 2025):
     * unbiased, never negative, of lower variance than any estimator of single logprobs.
     */
    RAO_BLACKWELL,
    /** What the KL is at least, where only the most likely tokens are known. */
    TOP_K_LOWER_BOUND,
    /** What the KL is at most, where only the most likely tokens are known. */
    TOP_K_UPPER_BOUND,
    /** What the KL of answering by the best of n samples of the reference is at most, log n − (n − 1)/n: by no model read. */
    BEST_OF_N_BOUND;

    @Override
    public boolean isUnbiased() {
        return this == RAO_BLACKWELL;
    }

    @Override
    public boolean mayBeNegative() {
        return false;
    }
}
