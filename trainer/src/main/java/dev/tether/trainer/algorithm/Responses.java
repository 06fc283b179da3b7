package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.ShapedRewards;

/** Between figures of whole responses, [B], and those of their tokens, [B][T]. */
final class Responses {
    private Responses() {}

    /** The sum of each response's rewards: its score less the penalty of its tokens, where that is in the reward. */
    static double[] totals(ShapedRewards shaped) {
        ResponseMask mask = shaped.rewardMask();
        double[] totals = new double[mask.sequences()];
        for (int b = 0; b < totals.length; b++) {
            for (int t = 0; t < mask.width(b); t++) {
                totals[b] += mask.counts(b, t) ? shaped.rewards()[b][t] : 0;
            }
        }
        return totals;
    }

    /** The same advantage for every token of a response; without value function returns are the advantages. */
    static Advantages spread(double[] ofResponses, ResponseMask mask) {
        double[][] advantages = new double[ofResponses.length][];
        for (int b = 0; b < advantages.length; b++) {
            advantages[b] = new double[mask.width(b)];
            for (int t = 0; t < advantages[b].length; t++) {
                advantages[b][t] = mask.counts(b, t) ? ofResponses[b] : 0;
            }
        }
        return new Advantages(advantages, advantages);
    }
}
