package dev.tether.trainer.reward;

import java.util.List;
import java.util.Optional;

/**
 * What responses are scored by.
 *
 * @param parts what is trained on: the score is the sum of weight times score of each; at least one
 * @param gold what is really wanted, or a held-out stand-in for it: measured beside, never trained on
 */
public record Rewards(List<Part> parts, Optional<RewardModel> gold) {
    /**
     * One of several rewards.
     *
     * @param source how it was named
     * @param weight of its score in the sum; finite
     */
    public record Part(String source, double weight, RewardModel model) {}

    public Rewards {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("rewards = [], must be at least one");
        }
    }

    /** The weighted sum of all parts as one reward. */
    public RewardModel total() {
        return episodes -> {
            double[] sums = new double[episodes.size()];
            for (Part part : parts) {
                double[] scores = part.model().score(episodes);
                for (int b = 0; b < sums.length; b++) {
                    sums[b] += part.weight() * scores[b];
                }
            }
            return sums;
        };
    }

    /** One reward that is trained on, and nothing beside. */
    public static Rewards of(RewardModel only) {
        return new Rewards(List.of(new Part("reward", 1, only)), Optional.empty());
    }
}
