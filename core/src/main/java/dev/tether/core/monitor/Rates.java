package dev.tether.core.monitor;

/**
 * How often a test may speak by chance. Per look, at a figure right at the check's limit; a run is looked at after every
 * step, so a run that stays at a limit is called in the end, and one that stays away from it hardly ever.
 */
final class Rates {
    /** 1 look in 1,000. */
    static final double PER_LOOK = 1e-3;
    /** 1 look in 100,000: for what every run begins with, a KL of 0, and for what chooses the best of many. */
    static final double RARELY = 1e-5;

    static final String AT_THE_LIMIT =
            "1 look in 1,000 at a figure that is right at the limit, if steps do not depend on each other; 1 in 100, if"
                    + " neighbours correlate by 0.5 (t test, corrected for autocorrelation as far as so few steps tell it)";
    static final String RULE = "a rule, not a test: it has no rate";

    private Rates() {}
}
