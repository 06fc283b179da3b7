package dev.tether.trainer.loop;

import dev.tether.core.advantage.Standardize;
import dev.tether.core.belt.BeltConfiguration;
import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.control.KlController;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.KlControllers;
import dev.tether.run.settings.OptimizerSettings;
import dev.tether.run.settings.ReAnchorSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.HardLimit;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceKlLimit;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.rollout.PolicyReader;
import dev.tether.trainer.selftest.SelfTest;
import java.util.Optional;

/** The written settings of a run, as the objects that keep their laws. */
final class FromSettings {
    private FromSettings() {}

    static Sampling sampling(RunSettings settings) {
        var g = settings.generation();
        int[] stopIds = g.stopIds()
                .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
                .orElse(new int[0]);
        return new Sampling(g.maxNewTokens(), g.temperature(), g.topK(), g.topP(), stopIds);
    }

    static PolicyReader policyReader(RunSettings settings, PolicyModel policy) {
        ReAnchorSettings reAnchor = settings.belt().reAnchor();
        int meetingEvery = reAnchor.how() == ReAnchorSettings.How.HARD_SYNC ? reAnchor.everySteps() : 0;
        return new PolicyReader(policy, settings.update().oldLogprobs(), meetingEvery);
    }

    static ScoreShaping scoreShaping(RunSettings settings) {
        return settings.reward().shaping();
    }

    static LearningRateSchedule schedule(RunSettings settings) {
        OptimizerSettings o = settings.optimizer();
        return new LearningRateSchedule(
                LearningRateSchedule.Decay.valueOf(o.schedule().name()), o.warmupSteps(), settings.steps());
    }

    static KlController controller(RunSettings settings) {
        return KlControllers.of(settings.belt());
    }

    /** What the settings and β alone say of the belt. */
    static BeltVerdict verdict(RunSettings settings, double klCoef) {
        BeltSettings belt = settings.belt();
        double floor = belt.controller().hasTarget() ? belt.floor() : 0;
        return BeltVerdict.of(
                new BeltConfiguration(BeltConfiguration.ReferenceUse.USED, belt.placement(), klCoef, floor, 0));
    }

    /** β in the loss where the placement is there; nothing where it is in the reward. */
    static KlLoss klLoss(RunSettings settings, double klCoef, ReferenceModel reference) {
        PenaltyPlacement placement = settings.belt().placement();
        return placement.isInReward() ? KlLoss.NONE : new KlLoss(placement, klCoef, Optional.of(reference));
    }

    /** Whom the self test takes the reference for: a policy that begins with a trained adapter is not the model below it. */
    static SelfTest.Expectation expectation(RunSettings settings) {
        return settings.belt().selfTest() == BeltSettings.SelfTest.SAME_WEIGHTS
                        && settings.lora().adapter().isEmpty()
                ? SelfTest.Expectation.SAME_WEIGHTS
                : SelfTest.Expectation.OTHER_WEIGHTS;
    }

    static HardLimit hardLimit(RunSettings settings) {
        HardLimitSettings limit = settings.belt().hardLimit();
        return new HardLimit(
                new ReferenceKlLimit(
                        limit.natsPerToken().orElse(Double.POSITIVE_INFINITY),
                        limit.natsPerSequence().orElse(Double.POSITIVE_INFINITY)),
                HardLimit.Action.valueOf(limit.action().name()));
    }

    /** Scales the shaped rewards to unit variance where the settings say so; score and penalty stay as they were. */
    static ShapedRewards whiten(RunSettings settings, ShapedRewards shaped) {
        return switch (settings.ppo().whitenRewards()) {
            case NONE -> shaped;
            case SCALE_ONLY ->
                new ShapedRewards(
                        shaped.scores(),
                        shaped.klPenalty(),
                        Standardize.scaleToUnitVariance(shaped.rewards(), shaped.rewardMask()),
                        shaped.rewardMask());
        };
    }
}
