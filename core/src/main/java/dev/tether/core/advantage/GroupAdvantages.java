package dev.tether.core.advantage;

import dev.tether.core.law.Require;
import dev.tether.core.stats.RunningStats;
import java.util.Arrays;

/**
 * Advantages of whole responses by comparison with the other answers to the same prompt: no value function is needed.
 * Rewards [B] lie group by group; one that is NaN is unscorable, is left out of every mean, and gets advantage 0.
 */
public final class GroupAdvantages {
    /** What the difference to the group's mean is divided by. */
    public enum Scaling {
        /** The standard deviation of the group: every prompt has the same say (Shao et al. 2024). */
        GROUP,
        /** That of the batch (Hu et al. 2025; Liu et al. 2025). */
        BATCH,
        /** Nothing: prompts on which answers differ little have little say (Liu et al. 2025, "Dr. GRPO"). */
        NONE
    }

    private static final double SD_FLOOR = 1e-4;

    private GroupAdvantages() {}

    /**
     * (r − mean of its group) / (standard deviation + 1e-4), the deviation unbiased. 0 where it cannot be told: one answer
     * has nothing to be compared with.
     *
     * @param rewards [B]
     * @param groupSize answers per prompt; divides B
     */
    public static double[] relativeToMean(double[] rewards, int groupSize, Scaling scaling) {
        requireGroups(rewards, groupSize);
        RunningStats batch = stats(rewards, 0, rewards.length);
        double[] advantages = new double[rewards.length];
        for (int first = 0; first < rewards.length; first += groupSize) {
            RunningStats group = stats(rewards, first, groupSize);
            double divisor = switch (scaling) {
                case GROUP -> sd(group) + SD_FLOOR;
                case BATCH -> sd(batch) + SD_FLOOR;
                case NONE -> 1;
            };
            for (int i = first; i < first + groupSize; i++) {
                double advantage = (rewards[i] - group.mean()) / divisor;
                advantages[i] = Double.isNaN(advantage) ? 0 : advantage;
            }
        }
        return advantages;
    }

    /**
     * r − mean of the <i>other</i> answers of its group, an unbiased baseline (Kool et al. 2019; Ahmadian et al. 2024). 0
     * where there is no other.
     */
    public static double[] leaveOneOut(double[] rewards, int groupSize) {
        requireGroups(rewards, groupSize);
        double[] advantages = new double[rewards.length];
        for (int first = 0; first < rewards.length; first += groupSize) {
            RunningStats group = stats(rewards, first, groupSize);
            long others = group.count() - 1;
            for (int i = first; i < first + groupSize; i++) {
                double ofOthers = (group.mean() * group.count() - rewards[i]) / others;
                advantages[i] = others < 1 || Double.isNaN(rewards[i]) ? 0 : rewards[i] - ofOthers;
            }
        }
        return advantages;
    }

    /** (a − mean) / (unbiased standard deviation + 1e-4) over the whole batch. */
    public static double[] standardize(double[] advantages) {
        return relativeToMean(advantages, advantages.length, Scaling.GROUP);
    }

    private static RunningStats stats(double[] values, int first, int count) {
        return RunningStats.of(Arrays.stream(values, first, first + count)
                .filter(value -> !Double.isNaN(value))
                .toArray());
    }

    private static double sd(RunningStats stats) {
        return stats.count() < 2 ? Double.NaN : Math.sqrt(stats.besselVariance());
    }

    private static void requireGroups(double[] rewards, int groupSize) {
        Require.atLeast("group size", groupSize, 1);
        Require.that(
                rewards.length % groupSize == 0,
                "rewards",
                rewards.length,
                "whole groups of " + groupSize + " answers each");
    }
}
