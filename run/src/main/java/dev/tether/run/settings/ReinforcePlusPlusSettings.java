package dev.tether.run.settings;

/**
 * REINFORCE with the advantages of the whole batch standardised.
 *
 * @param clipRange ε of the clipped ratio; &gt; 0
 * @param gamma discount; in [0, 1]
 */
public record ReinforcePlusPlusSettings(
        @Meaning("the importance ratio is clipped to 1 plus or minus this")
        double clipRange,

        @Meaning("discount per token") double gamma) {

    public ReinforcePlusPlusSettings {
        Require.positive("reinforce_plus_plus.clip_range", clipRange);
        Require.that(gamma >= 0 && gamma <= 1, "reinforce_plus_plus.gamma", gamma, "in [0, 1]");
    }

    public static ReinforcePlusPlusSettings defaults() {
        return new ReinforcePlusPlusSettings(0.2, 1.0);
    }
}
