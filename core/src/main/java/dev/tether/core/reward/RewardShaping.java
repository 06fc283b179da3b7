package dev.tether.core.reward;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.law.Require;

/**
 * The reward formula of RLHF: r − β · KL, with the KL charged token by token and the score paid once (Ziegler et al.
 * 2019, equation 2).
 */
public final class RewardShaping {
    private RewardShaping() {}

    /**
     * Charges −klCoef · KL on every counted token and adds the score at its {@code placement}. A sequence without any
     * position to place it on (no counted token; under AFTER_LAST_TOKEN, no width) does not get its score into
     * {@code rewards}.
     *
     * @param pair policy and reference logprobs, [B][T] nats
     * @param scores [B], finite
     * @param klCoef β, reward per nat; finite and ≥ 0
     */
    public static ShapedRewards shape(
            LogprobPair pair, double[] scores, KlEstimator estimator, double klCoef, ScorePlacement placement) {
        Require.notNegative("kl_coef", klCoef);
        ResponseMask mask = pair.responseMask();
        Require.sameLength("scores", scores.length, "the batch", mask.sequences());
        double[][] klPenalty = pair.natsPerToken(estimator);
        double[][] rewards = new double[klPenalty.length][];
        for (int b = 0; b < klPenalty.length; b++) {
            Require.finite("scores[" + b + "]", scores[b]);
            for (int t = 0; t < klPenalty[b].length; t++) {
                // 0 - x and not -x: an uncounted or uncharged token carries 0.0, not -0.0
                klPenalty[b][t] = klCoef == 0 ? 0 : 0 - klCoef * klPenalty[b][t];
            }
            rewards[b] = klPenalty[b].clone();
            int position = position(mask, b, placement);
            if (position >= 0) {
                rewards[b][position] += scores[b];
            }
        }
        ResponseMask rewardMask = placement == ScorePlacement.AFTER_LAST_TOKEN ? mask.withPositionAfterLast() : mask;
        return new ShapedRewards(scores.clone(), klPenalty, rewards, rewardMask);
    }

    private static int position(ResponseMask mask, int sequence, ScorePlacement placement) {
        int last = mask.lastCounted(sequence);
        boolean after = placement == ScorePlacement.AFTER_LAST_TOKEN && last + 1 < mask.width(sequence);
        return after ? last + 1 : last;
    }
}
