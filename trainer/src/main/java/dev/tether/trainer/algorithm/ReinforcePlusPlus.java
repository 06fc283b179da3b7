package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.Gae;
import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.GroupAdvantages;
import dev.tether.core.advantage.Standardize;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.rollout.Rollout;

/**
 * REINFORCE++ (Hu 2025): the advantage of a token is its return — the score and the penalties from there on — with mean 0 and
 * variance 1 over the tokens of the whole batch; then PPO's clipped steps, without a value function. With several answers to
 * a prompt it is the paper's "baseline" variant: the mean of the group is taken from each response's reward first.
 *
 * <p>Different from the paper: in the variant with a baseline the penalty stays where the belt's placement has it (theirs
 * moves it into the loss as k2).
 */
public final class ReinforcePlusPlus implements Algorithm {
    private final int groupSize;
    private final GaeSettings returns;
    private final UpdateObjective objective;
    private final Epochs epochs;

    /**
     * @param groupSize answers per prompt, which lie side by side in the rollout; 1 = no baseline
     * @param gamma discount, 0..1
     */
    public ReinforcePlusPlus(int groupSize, double gamma, UpdateObjective objective, Epochs epochs) {
        this.groupSize = groupSize;
        this.returns = new GaeSettings(gamma, 1);
        this.objective = objective;
        this.epochs = epochs;
    }

    @Override
    public PolicyUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan) {
        Advantages estimated = unscaled(rollout, shaped);
        double[][] advantages = Standardize.standardize(estimated.advantages(), rollout.responseMask());
        return epochs.run(
                policy,
                rollout.minibatch(advantages, estimated.returns(), shaped.rewardMask()),
                estimated,
                objective,
                plan);
    }

    @Override
    public Advantages unscaled(Rollout rollout, ShapedRewards shaped) {
        ResponseMask mask = shaped.rewardMask();
        double[][] noValues = new double[mask.sequences()][];
        for (int b = 0; b < noValues.length; b++) {
            noValues[b] = new double[mask.width(b)];
        }
        double[][] toGo =
                Gae.estimate(shaped.rewards(), noValues, mask, returns).advantages();
        if (groupSize == 1) {
            return new Advantages(toGo, toGo);
        }
        double[] totals = Responses.totals(shaped);
        double[] relative = GroupAdvantages.relativeToMean(totals, groupSize, GroupAdvantages.Scaling.NONE);
        for (int b = 0; b < toGo.length; b++) {
            for (int t = 0; t < toGo[b].length; t++) {
                toGo[b][t] -= mask.counts(b, t) ? totals[b] - relative[b] : 0;
            }
        }
        return new Advantages(toGo, toGo);
    }

    @Override
    public UpdateObjective objective() {
        return objective;
    }
}
