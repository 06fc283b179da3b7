package dev.tether.trainer.algorithm;

/** What happens to advantages before the update. */
public enum AdvantageScaling {
    /** Mean 0 and unit variance over counted tokens. */
    STANDARDIZE,
    /** Unit variance, the mean kept. */
    SCALE_ONLY,
    /** As estimated. */
    RAW
}
