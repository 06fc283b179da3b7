package dev.tether.run.settings;

/**
 * @param clipRange ε of the clipped ratio; &gt; 0
 * @param valueClipRange the new value stays within ± this of the old one; &gt; 0
 * @param valueCoef weight of the value loss; ≥ 0
 * @param gamma discount; in [0, 1]
 * @param gaeLambda mixing of GAE; in [0, 1]
 * @param advantages what is done to them before the update
 * @param whitenRewards what is done to the shaped rewards before GAE
 */
public record PpoSettings(
        @Meaning("the importance ratio is clipped to 1 plus or minus this")
        double clipRange,

        @Meaning("the new value stays within plus or minus this of the old one")
        double valueClipRange,

        @Meaning("weight of the value loss") double valueCoef,
        @Meaning("discount per token") double gamma,

        @Meaning("mixing of GAE: 0 = one step, 1 = the whole return")
        double gaeLambda,

        @Meaning("advantages: standardize (mean 0, variance 1) | scale_only (variance 1) | raw")
        AdvantageScaling advantages,

        @Meaning("shaped rewards before GAE: none | scale_only (variance 1, the mean stays)")
        RewardWhitening whitenRewards) {

    /** What is done to the advantages of a batch. */
    public enum AdvantageScaling {
        /** Mean 0 and variance 1 over counted tokens. */
        STANDARDIZE,
        /** Variance 1, the mean stays. */
        SCALE_ONLY,
        /** Nothing. */
        RAW
    }

    /** What is done to the shaped rewards of a batch. */
    public enum RewardWhitening {
        /** Nothing. */
        NONE,
        /** Variance 1, the mean stays. */
        SCALE_ONLY
    }

    public PpoSettings {
        Require.positive("ppo.clip_range", clipRange);
        Require.positive("ppo.value_clip_range", valueClipRange);
        Require.notNegative("ppo.value_coef", valueCoef);
        Require.that(gamma >= 0 && gamma <= 1, "ppo.gamma", gamma, "in [0, 1]");
        Require.that(gaeLambda >= 0 && gaeLambda <= 1, "ppo.gae_lambda", gaeLambda, "in [0, 1]");
        Require.present("ppo.advantages", advantages);
        Require.present("ppo.whiten_rewards", whitenRewards);
    }

    public static PpoSettings defaults() {
        return new PpoSettings(0.2, 0.2, 0.1, 1.0, 0.95, AdvantageScaling.STANDARDIZE, RewardWhitening.NONE);
    }
}
