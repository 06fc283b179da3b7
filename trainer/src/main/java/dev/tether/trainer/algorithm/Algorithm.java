package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.rollout.Rollout;

/** How a rollout with its shaped rewards becomes an update of the policy. */
public sealed interface Algorithm permits Ppo, Grpo, Rloo, ReinforcePlusPlus, Dpo {
    /** Improves {@code policy} on one rollout with its shaped rewards. */
    PolicyUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan);

    /**
     * The advantages before any scaling, linear in the rewards: what a penalty adds to the rewards can be told apart in
     * them. Where the update would mix in a value function, its bootstrap is left out.
     */
    Advantages unscaled(Rollout rollout, ShapedRewards shaped);

    /** What a step descends on, without limit and penalty in the loss. */
    UpdateObjective objective();
}
