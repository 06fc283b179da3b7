package dev.tether.trainer.loop;

import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.Standardize;
import dev.tether.core.control.FixedKl;
import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlController;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.Thermostat;
import dev.tether.core.control.Ziegler;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.InputException;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.OptimizerSettings;
import dev.tether.run.settings.RewardSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.AdvantageScaling;
import dev.tether.trainer.algorithm.HardLimit;
import dev.tether.trainer.algorithm.PpoSettings;
import dev.tether.trainer.model.Sampling;

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

    static ScoreShaping scoreShaping(RunSettings settings) {
        RewardSettings r = settings.reward();
        return new ScoreShaping(r.scale(), r.shift(), r.clip().orElse(Double.POSITIVE_INFINITY), r.missingEosPenalty());
    }

    static PpoSettings ppo(RunSettings settings) {
        var p = settings.ppo();
        return new PpoSettings(
                p.epochs(),
                p.minibatches(),
                new PpoClip(p.clipRange(), p.valueClipRange(), p.valueCoef(), p.entropyCoef()),
                new GaeSettings(p.gamma(), p.gaeLambda()),
                AdvantageScaling.valueOf(p.advantages().name()),
                p.updateKlLimit().orElse(Double.POSITIVE_INFINITY),
                HardLimit.NONE);
    }

    static LearningRateSchedule schedule(RunSettings settings) {
        OptimizerSettings o = settings.optimizer();
        return new LearningRateSchedule(
                LearningRateSchedule.Decay.valueOf(o.schedule().name()), o.warmupSteps(), settings.steps());
    }

    static KlController controller(RunSettings settings) {
        BeltSettings belt = settings.belt();
        KlTarget target = new KlTarget(belt.target(), belt.unit());
        KlCoefBounds bounds = new KlCoefBounds(belt.floor(), belt.ceiling());
        return switch (belt.controller()) {
            case FIXED -> new FixedKl(belt.klCoef());
            case THERMOSTAT -> new Thermostat(target, belt.klCoef(), bounds);
            case ZIEGLER -> new Ziegler(target, belt.klCoef(), belt.horizonEpisodes(), bounds);
            case SCHEDULE, PI, PID, DUAL_ASCENT ->
                throw new InputException("belt.controller = "
                        + belt.controller().name().toLowerCase(java.util.Locale.ROOT)
                        + ": this version cannot run it yet; use fixed, thermostat or ziegler");
        };
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
