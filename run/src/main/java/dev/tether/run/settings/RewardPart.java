package dev.tether.run.settings;

/**
 * One more reward.
 *
 * @param source the reward: {@code NAME} or {@code NAME:ARGUMENT}
 * @param weight of its score; finite, not 0
 */
public record RewardPart(
        @Meaning("what gives the score, as reward.source") String source,
        @Meaning("multiplies its score") double weight) {
    public RewardPart {
        Require.text("reward.plus.source", source);
        Require.finite("reward.plus.weight", weight);
        Require.that(weight != 0, "reward.plus.weight", weight, "other than 0");
    }
}
