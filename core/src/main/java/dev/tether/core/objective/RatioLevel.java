package dev.tether.core.objective;

/** Of what the importance ratio is taken, and with it what is clipped. */
public enum RatioLevel {
    /** e^(newLogprob − logprob) of each token (Schulman et al. 2017). */
    TOKEN,
    /** e to the mean of the log ratios of a sequence's tokens, the same for all of them (GSPO, Zheng et al. 2025). */
    SEQUENCE_MEAN,
    /** e to their sum: the ratio of the whole responses' probabilities (RLOO, Ahmadian et al. 2024). */
    SEQUENCE
}
