package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.Algorithm;
import dev.tether.trainer.belt.ForceMeter;
import dev.tether.trainer.belt.ForceReading;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.rollout.Rollout;
import java.util.Optional;
import java.util.function.Supplier;

/** Measures the force of the belt when the settings say so. */
final class ForceWatch {
    /**
     * Off by this share of each tensor's root mean square a model is some hundredths of a nat per token from itself: far
     * enough for its KL to have a gradient above the noise, near enough to speak for the start.
     */
    private static final double NEAR = 0.1;

    private final RunSettings settings;
    private final Algorithm algorithm;
    private final Optional<BeltProbe> probe;
    private final double temperature;

    ForceWatch(RunSettings settings, Algorithm algorithm, Optional<BeltProbe> probe, double temperature) {
        this.settings = settings;
        this.algorithm = algorithm;
        this.probe = probe;
        this.temperature = temperature;
    }

    /** On a policy near by, before the first step, of an unscored rollout. */
    Optional<ForceReading> beforeTheFirstStep(Supplier<Rollout> rollout, double klCoef, long seed) {
        return canMeasure(klCoef)
                ? known(probe.orElseThrow().nearPolicy(NEAR, seed, () -> measure(rollout.get(), klCoef)))
                        .map(ForceReading::withoutRewardShare)
                : Optional.empty();
    }

    /** On the rollout of a step, where one is due. */
    Optional<ForceReading> at(int step, Rollout rollout, double klCoef) {
        return canMeasure(klCoef) && step % settings.belt().forceEverySteps() == 0
                ? known(measure(rollout, klCoef))
                : Optional.empty();
    }

    /** What configuration and the last measured force say together. */
    BeltVerdict verdict(double klCoef, Optional<ForceReading> force) {
        BeltVerdict configured = FromSettings.verdict(settings, klCoef);
        return force.map(reading -> BeltVerdict.of(configured, reading.force(), reading.seForce()))
                .orElse(configured);
    }

    private boolean canMeasure(double klCoef) {
        return probe.isPresent()
                && settings.belt().forceEverySteps() > 0
                && klCoef > 0
                && settings.prompts().batchSize() >= 2;
    }

    private Optional<ForceReading> known(ForceReading reading) {
        return Double.isFinite(reading.force()) && Double.isFinite(reading.seForce())
                ? Optional.of(reading)
                : Optional.empty();
    }

    private ForceReading measure(Rollout rollout, double klCoef) {
        ForceMeter meter = new ForceMeter(
                probe.orElseThrow(), this::shape, algorithm, settings.belt().placement());
        return meter.measure(rollout, klCoef, temperature);
    }

    private ShapedRewards shape(Rollout rollout, double klCoef) {
        ScoreShaping scores = FromSettings.scoreShaping(settings);
        return RewardShaping.shape(
                rollout.logprobPair(),
                scores.apply(rollout.scores(), rollout.ended()),
                settings.belt().estimator(),
                klCoef,
                settings.reward().scorePlacement());
    }
}
