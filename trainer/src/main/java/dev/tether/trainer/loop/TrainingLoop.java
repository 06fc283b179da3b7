package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.control.ControllerMove;
import dev.tether.core.control.KlController;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.journal.ReAnchored;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.ModelSettings;
import dev.tether.run.settings.ReAnchorSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.algorithm.Algorithm;
import dev.tether.trainer.algorithm.PolicyUpdate;
import dev.tether.trainer.algorithm.UpdatePlan;
import dev.tether.trainer.belt.ForceReading;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.MovingReference;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Reinforcement learning on a KL belt, step by step; docs/story.md tells what {@link #step} does in words. Knows nothing
 * of files: {@link TrainingRun} keeps the journal and the checkpoints.
 */
public final class TrainingLoop {
    private static final int SELF_TEST_ROWS = 8;

    /** Of fewer responses the force is known to little better than a third. */
    private static final int FORCE_PROBE_ROWS = 64;

    private final TrainingParts parts;
    private final RunSettings settings;
    private final Seeds seeds;
    private final RolloutCollector collector;
    private final ScoreShaping scoreShaping;
    private final Algorithm algorithm;
    private final LearningRateSchedule schedule;
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;
    private final ForceWatch forceWatch;
    private LoopState state;

    /** A loop by the system's clocks. */
    public TrainingLoop(TrainingParts parts, RunSettings settings) {
        this(parts, settings, System::nanoTime, InstantSource.system());
    }

    public TrainingLoop(TrainingParts parts, RunSettings settings, LongSupplier nanoClock, InstantSource wallClock) {
        if ((settings.belt().reAnchor().how() != ReAnchorSettings.How.NEVER)
                != parts.reAnchoring().isPresent()) {
            throw new IllegalArgumentException(
                    "re_anchor.how = " + settings.belt().reAnchor().how()
                            + ", must be never exactly where the parts hold no reference that moves");
        }
        this.parts = parts;
        this.settings = settings;
        this.seeds = new Seeds(settings.seed());
        this.collector = new RolloutCollector(
                FromSettings.policyReader(settings, parts.policy()),
                parts.reference(),
                parts.rewards(),
                parts.tokenizer(),
                FromSettings.sampling(settings),
                truncation());
        this.scoreShaping = FromSettings.scoreShaping(settings);
        this.algorithm = Algorithms.of(settings, parts);
        this.schedule = FromSettings.schedule(settings);
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
        this.forceWatch = new ForceWatch(settings, algorithm, parts.probe(), collector.evaluationTemperature());
        this.state = LoopState.start(FromSettings.controller(settings));
    }

    /** The probe, where the belt reads the truncated distributions. */
    private Optional<BeltProbe> truncation() {
        if (settings.belt().samplingSupport() == BeltSettings.SamplingSupport.FULL) {
            return Optional.empty();
        }
        if (parts.probe().isEmpty()) {
            throw new IllegalArgumentException("sampling_support = TRUNCATED needs a probe of both models");
        }
        return parts.probe();
    }

    /** Takes the next step. */
    public StepResult step() {
        int number = state.step() + 1;
        Stopwatch stopwatch = new Stopwatch(nanoClock);

        List<Prompt> prompts = prompts(number, settings.prompts().batchSize());
        Rollout rollout = collector.collect(number, prompts, seeds.of(Seeds.Purpose.SAMPLING, number, 0), stopwatch);
        Divergence.refuse(number, rollout, state.lastRecord());
        BeltReadings belt = stopwatch.time(
                Stopwatch.Phase.REFERENCE,
                () -> BeltReadings.of(rollout, settings.belt(), parts, collector.evaluationTemperature()));
        double klCoef = state.controller().coefficient();
        Optional<ForceReading> force =
                stopwatch.time(Stopwatch.Phase.REFERENCE, () -> forceWatch.at(number, rollout, klCoef));
        ShapedRewards shaped = shape(rollout);
        UpdatePlan plan =
                new UpdatePlan(number, seeds, collector.evaluationTemperature(), learningRate(number), klLoss());
        PolicyUpdate update =
                stopwatch.time(Stopwatch.Phase.UPDATE, () -> algorithm.update(parts.policy(), rollout, shaped, plan));
        Divergence.refuse(number, update, state.lastRecord());
        ControllerMove move = state.controller().observe(belt.headline(), rollout.sequences());

        Optional<ForceReading> lastForce = force.or(state::force);
        BeltVerdict verdict = forceWatch.verdict(klCoef, lastForce);
        StepFigures.Measured measured = new StepFigures.Measured(rollout, belt, force, shaped, update, move);
        StepRecord record = new StepFigures(number, settings, state, plan).record(measured, verdict, timing(stopwatch));
        List<RunEvent> events =
                new ArrayList<>(new StepFindings(number, settings.belt().hardLimit()).of(measured));
        reAnchor(number).ifPresent(events::add);
        state = new LoopState(
                number,
                state.episodes() + rollout.sequences(),
                move.next(),
                lastForce,
                state.rollBacks(),
                Optional.of(record));
        return new StepResult(record, rollout, belt.headline(), shaped, update, move, events, stopwatch.seconds());
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
        SelfTest test = new SelfTest(
                parts.policy(),
                parts.reference(),
                collector.evaluationTemperature(),
                selfTestTolerance(settings.model().dtype()));
        return Optional.of(test.run(
                new TokenBatch(prompts, sampled.responses(), sampled.responseMask()),
                sampled.speaksForPolicy() ? Optional.of(sampled.rolloutLogprobs()) : Optional.empty(),
                FromSettings.expectation(settings)));
    }

    /** Nats by which two readings of one model by different passes may differ. */
    private static double selfTestTolerance(ModelSettings.Dtype dtype) {
        return switch (dtype) {
            case FLOAT64 -> 1e-8;
            case FLOAT32 -> 1e-3;
            case BFLOAT16 -> 0.5;
        };
    }

    /**
     * Looks at the belt before the first step, by its configuration and, where the settings ask for it, by its force on a
     * policy near by; puts the policy back to the bit.
     */
    public BeltAtStart beltAtStart() {
        int answers = settings.answersPerPrompt();
        int rows = Math.max(
                FORCE_PROBE_ROWS / answers * answers, settings.prompts().batchSize());
        List<Prompt> prompts = prompts(1, rows);
        double klCoef = state.controller().coefficient();
        Optional<ForceReading> force = forceWatch.beforeTheFirstStep(
                () -> collector.unscored(prompts, seeds.of(Seeds.Purpose.PROBE, 0, 1), new Stopwatch(System::nanoTime)),
                klCoef,
                seeds.of(Seeds.Purpose.PROBE, 0, 2));
        BeltVerdict verdict = forceWatch.verdict(klCoef, force);
        state = state.with(force);
        return new BeltAtStart(verdict, force);
    }

    /** Counts a return of the policy to the checkpoint of {@code step}; the caller has restored it. */
    void rolledBackTo(int step) {
        state = state.with(state.rollBacks().to(step));
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

    /** Prompts for so many responses; the answers to one prompt lie side by side. */
    private List<Prompt> prompts(int step, int responses) {
        int answers = settings.answersPerPrompt();
        return parts.prompts().draw(step, responses / answers).stream()
                .flatMap(prompt -> Collections.nCopies(answers, prompt).stream())
                .toList();
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

    private Optional<ReAnchored> reAnchor(int number) {
        ReAnchorSettings wished = settings.belt().reAnchor();
        if (parts.reAnchoring().isEmpty() || number % wished.everySteps() != 0) {
            return Optional.empty();
        }
        MovingReference reference = parts.reAnchoring().get().reference();
        double share = wished.how() == ReAnchorSettings.How.HARD_SYNC ? 1 : 1 - wished.decay();
        reference.moveTowards(parts.policy(), share);
        return Optional.of(new ReAnchored(number, wished.how(), reference.fingerprint()));
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
