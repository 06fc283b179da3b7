package dev.tether.run.settings;

/**
 * REINFORCE with the mean of the other answers as baseline.
 *
 * @param clipRange ε of the clipped ratio of whole responses; &gt; 0
 * @param advantages what is done to them before the update
 */
public record RlooSettings(
        @Meaning("the ratio of whole responses is clipped to 1 plus or minus this")
        double clipRange,

        @Meaning("advantages: raw | standardize (over the batch)")
        AdvantageScaling advantages) {

    /** What is done to the advantages of a batch. */
    public enum AdvantageScaling {
        /** Nothing. */
        RAW,
        /** Mean 0 and variance 1 over the batch. */
        STANDARDIZE
    }

    public RlooSettings {
        Require.positive("rloo.clip_range", clipRange);
        Require.present("rloo.advantages", advantages);
    }

    public static RlooSettings defaults() {
        return new RlooSettings(0.2, AdvantageScaling.RAW);
    }
}
