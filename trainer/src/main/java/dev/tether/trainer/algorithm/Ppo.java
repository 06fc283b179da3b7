package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.Gae;
import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.Standardize;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.rollout.Rollout;

/**
 * Proximal Policy Optimization (Schulman et al. 2017) on shaped rewards, as used for language models by Ziegler et al.
 * 2019 and Stiennon et al. 2020: generalised advantage estimation, then several epochs of clipped steps over shuffled
 * minibatches of the same rollout.
 *
 * <p>As in those papers' code and unlike the paper's equation 9, the value loss is clipped too. Left out: the adaptive
 * penalty on KL(old ‖ new) (their section 4) — the belt to the reference is in the reward, and the drift within one
 * update is bounded by clipping and, where set, by ending the epochs early.
 */
public final class Ppo implements Algorithm {
    private final PpoSettings settings;
    private final Epochs epochs;

    public Ppo(PpoSettings settings, Epochs epochs) {
        this.settings = settings;
        this.epochs = epochs;
    }

    @Override
    public PolicyUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan) {
        Advantages estimated = estimate(rollout, shaped, settings.gae());
        double[][] advantages = scale(estimated.advantages(), rollout.responseMask());
        return epochs.run(
                policy,
                rollout.minibatch(advantages, estimated.returns(), shaped.rewardMask()),
                estimated,
                objective(),
                plan);
    }

    /** With λ = 1: below, a part of the penalty reaches the gradient through the value function alone. */
    @Override
    public Advantages unscaled(Rollout rollout, ShapedRewards shaped) {
        return estimate(rollout, shaped, new GaeSettings(settings.gae().gamma(), 1));
    }

    @Override
    public UpdateObjective objective() {
        return UpdateObjective.of(settings.clip());
    }

    private static Advantages estimate(Rollout rollout, ShapedRewards shaped, GaeSettings gae) {
        return Gae.estimate(shaped.rewards(), rollout.evaluation().values(), shaped.rewardMask(), gae);
    }

    private double[][] scale(double[][] advantages, ResponseMask mask) {
        return switch (settings.advantageScaling()) {
            case STANDARDIZE -> Standardize.standardize(advantages, mask);
            case SCALE_ONLY -> Standardize.scaleToUnitVariance(advantages, mask);
            case RAW -> advantages;
        };
    }
}
