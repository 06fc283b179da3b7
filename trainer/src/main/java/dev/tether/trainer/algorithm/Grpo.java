package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.GroupAdvantages;
import dev.tether.core.advantage.GroupAdvantages.Scaling;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.rollout.Rollout;

/**
 * Group Relative Policy Optimization (Shao et al. 2024, "DeepSeekMath", section 4.1): several answers to each prompt, the
 * advantage of every token of an answer is its score less the mean of the group, over the group's standard deviation; then
 * PPO's clipped steps, without a value function.
 *
 * <p>By its {@link UpdateObjective} it is also Dr. GRPO (Liu et al. 2025: sums divided by a constant, no division by the
 * deviation), DAPO's token mean and "clip higher" (Yu et al. 2025), CISPO (MiniMax 2025) and GSPO (Zheng et al. 2025: one
 * ratio per response). Different from the paper: the KL estimate in the loss is weighted by the importance ratio, or exact,
 * where the belt's placement says so, as the paper's bare k3 pulls by another KL; with the placement in the reward the
 * penalty is part of the score, and compared within the group too. Left out: DAPO's dynamic sampling and overlong filter.
 */
public final class Grpo implements Algorithm {
    private final int groupSize;
    private final Scaling scaling;
    private final UpdateObjective objective;
    private final Epochs epochs;

    /** @param groupSize answers per prompt, which lie side by side in the rollout; ≥ 2 */
    public Grpo(int groupSize, Scaling scaling, UpdateObjective objective, Epochs epochs) {
        this.groupSize = groupSize;
        this.scaling = scaling;
        this.objective = objective;
        this.epochs = epochs;
    }

    @Override
    public PolicyUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan) {
        Advantages advantages = advantages(rollout, shaped, scaling);
        return epochs.run(
                policy,
                rollout.minibatch(advantages.advantages(), advantages.returns(), shaped.rewardMask()),
                advantages,
                objective,
                plan);
    }

    @Override
    public Advantages unscaled(Rollout rollout, ShapedRewards shaped) {
        return advantages(rollout, shaped, Scaling.NONE);
    }

    @Override
    public UpdateObjective objective() {
        return objective;
    }

    private Advantages advantages(Rollout rollout, ShapedRewards shaped, Scaling scaling) {
        double[] ofResponses = GroupAdvantages.relativeToMean(Responses.totals(shaped), groupSize, scaling);
        return Responses.spread(ofResponses, rollout.responseMask());
    }
}
