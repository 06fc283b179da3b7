package dev.tether.trainer.loop;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.BeltProbed;
import dev.tether.run.journal.CheckpointWritten;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.journal.SelfTestResult;
import dev.tether.run.journal.SessionEvent;
import dev.tether.run.journal.SessionLog;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.monitor.Monitor;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import dev.tether.run.tensorboard.EventFile;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/**
 * A training loop with its run directory: settings, journal, samples, checkpoints, and the way back from a checkpoint.
 *
 * <p>Order on the disk, so that a process may die at any point: rows of the step, sync, checkpoint (aside, synced,
 * renamed). A checkpoint knows the lengths of journal and samples; {@link #resume} cuts both back to them.
 */
public final class TrainingRun implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TrainingRun.class.getName());

    private final RunDirectory directory;
    private final TrainingParts parts;
    private final RunSettings settings;
    private final RunIdentity identity;
    private final TrainingLoop loop;
    private final CheckpointStore checkpoints;
    private final InstantSource clock;
    private final Monitor monitor = Monitor.start();
    private final JournalWriter journal;
    private final SampleWriter samples;
    private final EventFile events;
    private final StepSamples stepSamples;

    private TrainingRun(
            RunDirectory directory,
            TrainingParts parts,
            RunSettings settings,
            RunIdentity identity,
            RunClocks clocks,
            Files files) {
        this.directory = directory;
        this.parts = parts;
        this.settings = settings;
        this.loop = new TrainingLoop(parts, settings, clocks.nanos(), clocks.wall());
        this.identity = identity;
        this.checkpoints = new CheckpointStore(directory, settings);
        this.clock = clocks.wall();
        this.journal = files.journal();
        this.samples = files.samples();
        this.events = files.events();
        this.stepSamples = new StepSamples(parts.tokenizer(), FromSettings.sampling(settings));
    }

    private record Files(JournalWriter journal, SampleWriter samples, EventFile events) {}

    /** A new run in {@code directory}, which {@link RunDirectory#create} has made. */
    public static TrainingRun begin(
            RunDirectory directory, TrainingParts parts, RunSettings settings, RunIdentity identity, RunClocks clocks) {
        SettingsWriter.write(settings, directory.settings());
        Files files = new Files(
                JournalWriter.create(directory.journal()),
                SampleWriter.create(directory.samples()),
                EventFile.create(directory.tensorboard(), List.of()));
        TrainingRun run = new TrainingRun(directory, parts, settings, identity, clocks, files);
        run.journal.append(new RunHeader(
                SettingsWriter.digest(settings),
                identity.modelFingerprint(),
                identity.referenceFingerprint(),
                settings.seed(),
                settings.steps()));
        run.sessionStarted(Optional.empty());
        return run;
    }

    /** Goes on from the newest checkpoint of {@code directory}, as if the run had never stopped. */
    public static TrainingRun resume(
            RunDirectory directory, TrainingParts parts, RunSettings settings, RunIdentity identity, RunClocks clocks) {
        CheckpointStore store = new CheckpointStore(directory, settings);
        Path checkpoint = store.newest();
        CheckpointStore.Saved saved = store.read(checkpoint);
        requireSameRun(checkpoint, saved, settings);
        requireSameReference(checkpoint, saved, identity);
        store.restore(checkpoint, parts);
        JournalWriter journal = JournalWriter.openForResume(directory.journal(), saved.journalBytes());
        Journal recorded = JournalReader.readAll(directory.journal());
        requireSameBase(checkpoint, recorded, settings, identity);
        List<StepRecord> taken = recorded.steps();
        Files files = new Files(
                journal,
                SampleWriter.openForResume(directory.samples(), saved.samplesBytes()),
                EventFile.create(directory.tensorboard(), taken));
        TrainingRun run = new TrainingRun(directory, parts, settings, identity, clocks, files);
        taken.forEach(run.monitor::see);
        run.loop.resumeFrom(saved.state(run.loop.initialController()));
        run.sessionStarted(Optional.of(checkpoint));
        return run;
    }

    private static void requireSameRun(Path checkpoint, CheckpointStore.Saved saved, RunSettings settings) {
        if (saved.seed() != settings.seed() || !saved.settingsDigest().equals(SettingsWriter.digest(settings))) {
            throw new InputException("cannot resume from " + checkpoint
                    + ": it was written under other settings than settings.yaml now holds");
        }
    }

    private static void requireSameReference(Path checkpoint, CheckpointStore.Saved saved, RunIdentity identity) {
        if (!saved.referenceFingerprint().equals(identity.referenceFingerprint())) {
            throw new InputException("cannot resume from " + checkpoint
                    + ": the reference is another one than the run began with. Its weights, configuration and tokenizer"
                    + " had the fingerprint " + saved.referenceFingerprint() + ", now it is "
                    + identity.referenceFingerprint() + "; every KL so far was measured against the first");
        }
    }

    /** A checkpoint of an adapter holds nothing of the model that it adapts. */
    private static void requireSameBase(Path checkpoint, Journal recorded, RunSettings settings, RunIdentity identity) {
        recorded.header()
                .map(RunHeader::modelFingerprint)
                .filter(began -> settings.lora().isOn() && !began.equals(identity.modelFingerprint()))
                .ifPresent(began -> {
                    throw new InputException("cannot resume from " + checkpoint
                            + ": it holds an adapter of another model. Its weights, configuration and tokenizer had the"
                            + " fingerprint " + began + ", now it is " + identity.modelFingerprint());
                });
    }

    /**
     * Takes the steps that are left.
     *
     * @param stopRequested asked after each step; true ends the run with a checkpoint
     * @param listeners are told of everything in this order; one that fails does not end the run
     */
    public RunOutcome execute(BooleanSupplier stopRequested, RunListener... listeners) {
        Listeners all = new Listeners(List.of(listeners), this::listenerFailed);
        all.tell(listener -> listener.started(loop.state().step(), settings.steps()));
        try {
            RunOutcome outcome = train(stopRequested, all);
            all.tell(listener -> listener.ended(outcome));
            return outcome;
        } catch (RuntimeException e) {
            sessionStopped(SessionEvent.StopReason.FAILED, Optional.empty());
            all.tell(listener -> listener.failed(e));
            throw e;
        }
    }

    private RunOutcome train(BooleanSupplier stopRequested, Listeners listeners) {
        RunCourse course = new RunCourse(loop, settings, new Record(listeners));
        try {
            return switch (course.run(stopRequested)) {
                case COMPLETED -> completed();
                case INTERRUPTED -> interrupted(listeners);
            };
        } catch (TrainingDivergedException e) {
            return diverged(e);
        }
    }

    private void listenerFailed(RunListener listener, RuntimeException cause) {
        String sentence = "a listener failed (" + listener.getClass().getName() + ": " + cause
                + "); the run goes on, and what it throws later is not told again";
        LOG.log(System.Logger.Level.WARNING, sentence, cause);
        SessionLog.append(
                directory.sessions(),
                new SessionEvent.Trouble(
                        clock.instant(), loop.state().step(), SessionEvent.TroubleWith.LISTENER, sentence));
    }

    /** Writes down what happens, and tells the listeners of what stands written. */
    private final class Record implements RunCourse.Witness {
        private final Listeners listeners;

        Record(Listeners listeners) {
            this.listeners = listeners;
        }

        @Override
        public void selfTested(SelfTestReport report) {
            double disagreement = report.maxDisagreement();
            journal.append(new SelfTestResult(
                    report.passed(),
                    Double.isFinite(disagreement) ? OptionalDouble.of(disagreement) : OptionalDouble.empty(),
                    report.toleranceNats(),
                    report.sentence()));
            listeners.tell(listener -> listener.selfTested(report));
        }

        @Override
        public void beltProbed(BeltAtStart belt) {
            journal.append(new BeltProbed(
                    0,
                    StepFigures.belt(settings.belt().placement(), belt.verdict(), belt.force()),
                    belt.verdict().sentence()));
            listeners.tell(listener -> listener.beltProbed(belt));
        }

        @Override
        public void stepped(StepResult result) {
            journal.append(result.record());
            List<RunEvent> found = new ArrayList<>(result.events());
            found.addAll(monitor.see(result.record()));
            found.forEach(journal::append);
            List<SampleRecord> written = stepSamples.of(result);
            written.forEach(samples::append);
            events.append(result.record());
            listeners.tell(listener -> listener.sampled(written));
            listeners.tell(listener -> listener.stepped(result));
            found.stream()
                    .filter(Finding.class::isInstance)
                    .map(Finding.class::cast)
                    .forEach(finding -> listeners.tell(listener -> listener.found(finding)));
        }

        @Override
        public void checkpointDue() {
            int step = loop.state().step();
            journal.append(new CheckpointWritten(step, relative(directory.checkpoint(step))));
            Path checkpoint = checkpoint();
            listeners.tell(listener -> listener.checkpointed(step, checkpoint));
        }

        @Override
        public int goodBefore(int step) {
            return checkpoints.goodBefore(step).orElse(0);
        }

        @Override
        public void rolledBack(int step, int toStep) {
            checkpoints.restore(directory.checkpoint(toStep), parts);
            checkpoints.removeAfter(toStep);
            listeners.tell(listener -> listener.rolledBack(step, toStep));
        }
    }

    private RunOutcome completed() {
        export();
        journal.append(new RunEnd(loop.state().step(), RunEnd.Outcome.COMPLETED));
        journal.sync();
        sessionStopped(SessionEvent.StopReason.COMPLETED, Optional.empty());
        return outcome(RunOutcome.Kind.COMPLETED, Optional.empty());
    }

    private RunOutcome interrupted(Listeners listeners) {
        int step = loop.state().step();
        Path checkpoint = checkpoints.has(step) ? directory.checkpoint(step) : checkpoint();
        listeners.tell(listener -> listener.checkpointed(step, checkpoint));
        sessionStopped(SessionEvent.StopReason.INTERRUPTED, Optional.of(checkpoint));
        return outcome(RunOutcome.Kind.INTERRUPTED, Optional.empty());
    }

    private RunOutcome diverged(TrainingDivergedException e) {
        journal.append(new RunEnd(loop.state().step(), RunEnd.Outcome.DIVERGED));
        journal.sync();
        sessionStopped(SessionEvent.StopReason.DIVERGED, Optional.empty());
        return outcome(RunOutcome.Kind.DIVERGED, Optional.of(e));
    }

    private RunOutcome outcome(RunOutcome.Kind kind, Optional<TrainingDivergedException> divergence) {
        return new RunOutcome(kind, loop.state().step(), checkpoints.newestIfAny(), divergence);
    }

    private Path checkpoint() {
        journal.sync();
        samples.sync();
        LoopState state = loop.state();
        return checkpoints.write(
                new CheckpointStore.Saved(
                        state.step(),
                        state.episodes(),
                        settings.seed(),
                        SettingsWriter.digest(settings),
                        identity.referenceFingerprint(),
                        state.controller().state(),
                        state.force().orElse(null),
                        state.rollBacks(),
                        journal.length(),
                        samples.length()),
                parts);
    }

    private void export() {
        Path target = switch (parts.policy().exportKind()) {
            case MODEL -> directory.model();
            case ADAPTER -> directory.adapter();
        };
        try {
            AtomicFiles.delete(target);
        } catch (IOException e) {
            throw new InputException("cannot replace " + target + ": " + AtomicFiles.reason(e), e);
        }
        AtomicFiles.writeDirectory(target, parts.policy()::export);
    }

    private void sessionStarted(Optional<Path> checkpoint) {
        SessionLog.append(
                directory.sessions(),
                new SessionEvent.Started(
                        clock.instant(),
                        identity.version(),
                        checkpoint.map(any -> (long) loop.state().step()),
                        checkpoint.map(this::relative),
                        identity.host()));
    }

    private void sessionStopped(SessionEvent.StopReason reason, Optional<Path> checkpoint) {
        SessionLog.append(
                directory.sessions(),
                new SessionEvent.Stopped(clock.instant(), loop.state().step(), reason, checkpoint.map(this::relative)));
    }

    private String relative(Path path) {
        return directory.root().relativize(path).toString();
    }

    /** Closes journal, samples and events; the models belong to whoever opened them. */
    @Override
    public void close() {
        journal.close();
        samples.close();
        events.close();
    }
}
