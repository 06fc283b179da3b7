package dev.tether.trainer.loop;

import dev.tether.core.control.ControllerMove;
import dev.tether.core.control.KlController;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.Ppo;
import dev.tether.trainer.algorithm.PpoUpdate;
import dev.tether.trainer.algorithm.UpdatePlan;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.rollout.Prompt;
import dev.tether.trainer.rollout.Rollout;
import dev.tether.trainer.rollout.RolloutCollector;
import dev.tether.trainer.rollout.Seeds;
import dev.tether.trainer.rollout.Stopwatch;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reinforcement learning on a KL belt, step by step; docs/story.md tells what {@link #step} does in words. Knows nothing
 * of files: {@link TrainingRun} keeps the journal and the checkpoints.
 */
public final class TrainingLoop {
    private final TrainingParts parts;
    private final RunSettings settings;
    private final Seeds seeds;
    private final RolloutCollector collector;
    private final ScoreShaping scoreShaping;
    private final Ppo ppo;
    private final LearningRateSchedule schedule;
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;
    private LoopState state;

    /** A loop by the system's clocks. */
    public TrainingLoop(TrainingParts parts, RunSettings settings) {
        this(parts, settings, System::nanoTime, InstantSource.system());
    }

    public TrainingLoop(TrainingParts parts, RunSettings settings, LongSupplier nanoClock, InstantSource wallClock) {
        this.parts = parts;
        this.settings = settings;
        this.seeds = new Seeds(settings.seed());
        this.collector = new RolloutCollector(
                parts.policy(),
                parts.reference(),
                parts.rewardModel(),
                parts.tokenizer(),
                FromSettings.sampling(settings));
        this.scoreShaping = FromSettings.scoreShaping(settings);
        this.ppo = new Ppo(FromSettings.ppo(settings));
        this.schedule = FromSettings.schedule(settings);
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
        this.state = new LoopState(0, 0, FromSettings.controller(settings), Optional.empty());
    }

    /** Takes the next step. */
    public StepResult step() {
        int number = state.step() + 1;
        Stopwatch stopwatch = new Stopwatch(nanoClock);

        List<Prompt> prompts = parts.prompts().draw(number, settings.prompts().batchSize());
        Rollout rollout = collector.collect(number, prompts, seeds.of(Seeds.Purpose.SAMPLING, number, 0), stopwatch);
        Divergence.refuse(number, rollout, state.lastRecord());
        KlSummary kl = KlSummary.of(rollout.logprobPair(), settings.belt().estimator());
        ShapedRewards shaped = shape(rollout);
        UpdatePlan plan =
                new UpdatePlan(number, seeds, collector.evaluationTemperature(), learningRate(number), KlLoss.NONE);
        PpoUpdate update =
                stopwatch.time(Stopwatch.Phase.UPDATE, () -> ppo.update(parts.policy(), rollout, shaped, plan));
        Divergence.refuse(number, update, state.lastRecord());
        ControllerMove move = state.controller().observe(kl, rollout.sequences());

        StepFigures figures = new StepFigures(number, settings, state, plan);
        StepRecord record =
                figures.record(new StepFigures.Measured(rollout, kl, shaped, update, move), timing(stopwatch));
        state = new LoopState(number, state.episodes() + rollout.sequences(), move.next(), Optional.of(record));
        return new StepResult(record, rollout, kl, shaped, update, move);
    }

    /** Where the loop stands. */
    public LoopState state() {
        return state;
    }

    /** Goes on from {@code state}; the policy must have been restored to the same step. */
    public void resumeFrom(LoopState state) {
        this.state = state;
    }

    /** The control law with its settings, before any reading. */
    public KlController initialController() {
        return FromSettings.controller(settings);
    }

    private ShapedRewards shape(Rollout rollout) {
        double[] scores = scoreShaping.apply(rollout.scores(), rollout.ended());
        ShapedRewards shaped = RewardShaping.shape(
                rollout.logprobPair(),
                scores,
                settings.belt().estimator(),
                state.controller().coefficient(),
                settings.reward().scorePlacement());
        return FromSettings.whiten(settings, shaped);
    }

    private double learningRate(int number) {
        return settings.optimizer().learningRate() * schedule.factor(number - 1L);
    }

    private StepFigures.Time timing(Stopwatch stopwatch) {
        return new StepFigures.Time(stopwatch, stopwatch.elapsedSeconds(), wallClock.instant());
    }
}
