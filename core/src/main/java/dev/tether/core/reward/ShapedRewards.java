package dev.tether.core.reward;

import dev.tether.core.kl.ResponseMask;

/**
 * What GAE sees, and what it was made of: rewards = klPenalty, and the score at one position per sequence.
 *
 * @param scores [B], the score that landed in each sequence
 * @param klPenalty [B][T], −klCoef · KL of every counted token, 0 where uncounted
 * @param rewards [B][T], 0 where {@code rewardMask} does not count
 * @param rewardMask the response mask; under {@link ScorePlacement#AFTER_LAST_TOKEN} one position more per sequence
 *     where the width allows
 */
public record ShapedRewards(double[] scores, double[][] klPenalty, double[][] rewards, ResponseMask rewardMask) {
    /** Mean over sequences of score plus summed penalty: the objective r − β·KL as a number. */
    public double rlhfReward() {
        double total = 0;
        for (int b = 0; b < scores.length; b++) {
            total += scores[b];
            for (double penalty : klPenalty[b]) {
                total += penalty;
            }
        }
        return total / scores.length;
    }

    /** Mean over sequences of the summed penalty; ≤ 0 in the mean. */
    public double meanPenaltyPerSequence() {
        double total = 0;
        for (double[] row : klPenalty) {
            for (double penalty : row) {
                total += penalty;
            }
        }
        return total / klPenalty.length;
    }
}
