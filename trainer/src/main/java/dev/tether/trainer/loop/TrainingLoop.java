package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.control.ControllerMove;
import dev.tether.core.control.KlController;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.ModelSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.Ppo;
import dev.tether.trainer.algorithm.PpoUpdate;
import dev.tether.trainer.algorithm.UpdatePlan;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.rollout.Prompt;
import dev.tether.trainer.rollout.Rollout;
import dev.tether.trainer.rollout.RolloutCollector;
import dev.tether.trainer.rollout.Seeds;
import dev.tether.trainer.rollout.Stopwatch;
import dev.tether.trainer.selftest.SelfTest;
import dev.tether.trainer.selftest.SelfTestReport;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reinforcement learning on a KL belt, step by step; docs/story.md tells what {@link #step} does in words. Knows nothing
 * of files: {@link TrainingRun} keeps the journal and the checkpoints.
 */
public final class TrainingLoop {
    private static final int SELF_TEST_ROWS = 8;

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
        FromSettings.requireAvailable(settings);
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
        KlController controller = FromSettings.controller(settings);
        BeltVerdict verdict = FromSettings.verdict(settings, controller.coefficient());
        this.state = new LoopState(0, 0, controller, verdict, Optional.empty());
    }

    /** Takes the next step. */
    public StepResult step() {
        int number = state.step() + 1;
        Stopwatch stopwatch = new Stopwatch(nanoClock);

        List<Prompt> prompts = parts.prompts().draw(number, settings.prompts().batchSize());
        Rollout rollout = collector.collect(number, prompts, seeds.of(Seeds.Purpose.SAMPLING, number, 0), stopwatch);
        Divergence.refuse(number, rollout, state.lastRecord());
        BeltReadings belt = stopwatch.time(
                Stopwatch.Phase.REFERENCE,
                () -> BeltReadings.of(rollout, settings.belt(), parts.probe(), collector.evaluationTemperature()));
        ShapedRewards shaped = shape(rollout);
        UpdatePlan plan =
                new UpdatePlan(number, seeds, collector.evaluationTemperature(), learningRate(number), klLoss());
        PpoUpdate update =
                stopwatch.time(Stopwatch.Phase.UPDATE, () -> ppo.update(parts.policy(), rollout, shaped, plan));
        Divergence.refuse(number, update, state.lastRecord());
        ControllerMove move = state.controller().observe(belt.headline(), rollout.sequences());

        BeltVerdict verdict = FromSettings.verdict(settings, state.controller().coefficient());
        StepFigures.Measured measured = new StepFigures.Measured(rollout, belt, shaped, update, move);
        StepRecord record = new StepFigures(number, settings, state, plan).record(measured, verdict, timing(stopwatch));
        List<RunEvent> events =
                new StepFindings(number, settings.belt().hardLimit()).of(measured, state.verdict(), verdict);
        state = new LoopState(
                number, state.episodes() + rollout.sequences(), move.next(), verdict, Optional.of(record));
        return new StepResult(record, rollout, belt.headline(), shaped, update, move, events);
    }

    /**
     * Tests policy against reference on a few responses, before the first step; changes neither.
     *
     * @return what was found; empty where the settings ask for no test
     */
    public Optional<SelfTestReport> selfTest() {
        BeltSettings.SelfTest wished = settings.belt().selfTest();
        if (wished == BeltSettings.SelfTest.OFF) {
            return Optional.empty();
        }
        int rows = Math.min(SELF_TEST_ROWS, settings.prompts().batchSize());
        int[][] prompts =
                parts.prompts().draw(1, rows).stream().map(Prompt::ids).toArray(int[][]::new);
        Sampling sampling = FromSettings.sampling(settings);
        Generation sampled = parts.policy().generate(prompts, sampling, seeds.of(Seeds.Purpose.PROBE, 0, 0));
        boolean whole = sampling.topK() == 0 && sampling.topP() == 1 && sampling.temperature() > 0;
        SelfTest test = new SelfTest(
                parts.policy(),
                parts.reference(),
                collector.evaluationTemperature(),
                settings.model().dtype() == ModelSettings.Dtype.FLOAT64 ? 1e-8 : 1e-3);
        return Optional.of(test.run(
                new TokenBatch(prompts, sampled.responses(), sampled.responseMask()),
                whole ? Optional.of(sampled.rolloutLogprobs()) : Optional.empty(),
                SelfTest.Expectation.valueOf(wished.name())));
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
                settings.belt().placement().isInReward() ? state.controller().coefficient() : 0,
                settings.reward().scorePlacement());
        return FromSettings.whiten(settings, shaped);
    }

    private KlLoss klLoss() {
        return FromSettings.klLoss(settings, state.controller().coefficient(), parts.reference());
    }

    private double learningRate(int number) {
        return settings.optimizer().learningRate() * schedule.factor(number - 1L);
    }

    private StepFigures.Time timing(Stopwatch stopwatch) {
        return new StepFigures.Time(stopwatch, stopwatch.elapsedSeconds(), wallClock.instant());
    }
}
