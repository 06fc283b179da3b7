package dev.tether.core.kl;

/** How a KL was had: estimated from single logprobs, or computed over the vocabulary. */
public sealed interface KlMeasure permits KlEstimator, VocabularyKl {
    /** The constant's name, for journals and sentences. */
    String name();

    /**
     * True when the expected value is the KL itself, as long as the tokens were drawn from the first distribution.
     */
    boolean isUnbiased();

    /** True when a batch's figure may come out below zero by chance. */
    boolean mayBeNegative();
}
