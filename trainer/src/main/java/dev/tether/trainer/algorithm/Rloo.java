package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.GroupAdvantages;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.rollout.Rollout;

/**
 * REINFORCE Leave-One-Out (Kool et al. 2019; Ahmadian et al. 2024, "Back to Basics"): a whole response is one action; its
 * advantage is its reward, penalty included, less the mean of the other answers to the same prompt, which is an unbiased
 * baseline.
 *
 * <p>Different from the papers: the ratio of the response is clipped as in PPO (TRL does so too), which allows several passes
 * over a batch. With one pass and one minibatch it is plain REINFORCE.
 */
public final class Rloo implements Algorithm {
    /** What is done to the advantages. */
    public enum Scaling {
        /** Nothing. */
        NONE,
        /** Mean 0 and variance 1 over the batch. */
        STANDARDIZE
    }

    private final int groupSize;
    private final Scaling scaling;
    private final UpdateObjective objective;
    private final Epochs epochs;

    /**
     * @param groupSize answers per prompt, which lie side by side in the rollout; ≥ 2
     * @param objective on ratios of responses, the mean over responses of their sums
     */
    public Rloo(int groupSize, Scaling scaling, UpdateObjective objective, Epochs epochs) {
        this.groupSize = groupSize;
        this.scaling = scaling;
        this.objective = objective;
        this.epochs = epochs;
    }

    @Override
    public PolicyUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan) {
        double[] relative = relative(shaped);
        double[] scaled = scaling == Scaling.NONE ? relative : GroupAdvantages.standardize(relative);
        Advantages advantages = Responses.spread(scaled, rollout.responseMask());
        return epochs.run(
                policy,
                rollout.minibatch(advantages.advantages(), advantages.returns(), shaped.rewardMask()),
                Responses.spread(relative, rollout.responseMask()),
                objective,
                plan);
    }

    @Override
    public Advantages unscaled(Rollout rollout, ShapedRewards shaped) {
        return Responses.spread(relative(shaped), rollout.responseMask());
    }

    @Override
    public UpdateObjective objective() {
        return objective;
    }

    private double[] relative(ShapedRewards shaped) {
        return GroupAdvantages.leaveOneOut(Responses.totals(shaped), groupSize);
    }
}
