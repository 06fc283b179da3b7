package dev.tether.trainer.loop;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.BeltProbed;
import dev.tether.run.journal.CheckpointWritten;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SelfTestResult;
import dev.tether.run.journal.SessionEvent;
import dev.tether.run.monitor.Monitor;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import dev.tether.trainer.parallel.PartReader;
import dev.tether.trainer.parallel.PartWriter;
import dev.tether.trainer.parallel.Together;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.IOException;
import java.nio.file.Path;
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
    private final TrainingLoop loop;
    private final RunCheckpoints checkpoints;
    private final Sessions sessions;
    private final Monitor monitor = Monitor.start();
    private final RunFiles files;
    private final StepSamples stepSamples;

    private TrainingRun(
            RunDirectory directory,
            TrainingParts parts,
            RunSettings settings,
            RunIdentity identity,
            RunClocks clocks,
            RunFiles files) {
        this.directory = directory;
        this.parts = parts;
        this.settings = settings;
        this.loop = new TrainingLoop(parts, settings, clocks.nanos(), clocks.wall());
        this.sessions = new Sessions(directory, identity, clocks.wall());
        this.files = files;
        this.checkpoints = new RunCheckpoints(directory, parts, settings, identity, loop, files);
        this.stepSamples = new StepSamples(parts.tokenizer(), FromSettings.sampling(settings));
    }

    /** A new run in {@code directory}, which {@link RunDirectory#create} has made. */
    public static TrainingRun begin(
            RunDirectory directory, TrainingParts parts, RunSettings settings, RunIdentity identity, RunClocks clocks) {
        SettingsWriter.write(settings, directory.settings());
        TrainingRun run = new TrainingRun(directory, parts, settings, identity, clocks, RunFiles.create(directory));
        run.files
                .journal()
                .append(new RunHeader(
                        SettingsWriter.digest(settings),
                        identity.modelFingerprint(),
                        identity.referenceFingerprint(),
                        settings.seed(),
                        settings.steps()));
        run.sessions.started(0, Optional.empty());
        return run;
    }

    /** Goes on from the newest checkpoint of {@code directory}, as if the run had never stopped. */
    public static TrainingRun resume(
            RunDirectory directory, TrainingParts parts, RunSettings settings, RunIdentity identity, RunClocks clocks) {
        CheckpointStore store = new CheckpointStore(directory, settings);
        Path checkpoint = store.newest();
        CheckpointStore.Saved saved = store.read(checkpoint);
        new Resumption(checkpoint, saved).requireSame(directory, settings, identity);
        store.restore(checkpoint, parts);
        Together.ofFirst(parts.peers(), "loop state", () -> CheckpointStore.bytes(saved));
        TrainingRun run =
                new TrainingRun(directory, parts, settings, identity, clocks, RunFiles.resume(directory, saved));
        JournalReader.readAll(directory.journal()).steps().forEach(run.monitor::see);
        run.loop.resumeFrom(saved.state(run.loop.initialController()));
        run.sessions.started(saved.step(), Optional.of(checkpoint));
        return run;
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
        sessions.listenerFailed(loop.state().step(), sentence);
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
            files.journal()
                    .append(new SelfTestResult(
                            report.passed(),
                            Double.isFinite(disagreement) ? OptionalDouble.of(disagreement) : OptionalDouble.empty(),
                            report.toleranceNats(),
                            report.sentence()));
            listeners.tell(listener -> listener.selfTested(report));
        }

        @Override
        public void beltProbed(BeltAtStart belt) {
            files.journal()
                    .append(new BeltProbed(
                            0,
                            StepFigures.belt(settings.belt().placement(), belt.verdict(), belt.force()),
                            belt.verdict().sentence()));
            listeners.tell(listener -> listener.beltProbed(belt));
        }

        @Override
        public void stepped(StepResult result) {
            List<RunEvent> found = new ArrayList<>(result.events());
            found.addAll(monitor.see(result.record()));
            List<SampleRecord> written = stepSamples.of(result);
            files.append(result.record(), found, written);
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
            files.journal().append(new CheckpointWritten(step, directory.relative(directory.checkpoint(step))));
            Path checkpoint = checkpoints.write();
            listeners.tell(listener -> listener.checkpointed(step, checkpoint));
        }

        @Override
        public int goodBefore(int step) {
            byte[] good = Together.ofFirst(
                    parts.peers(),
                    "roll back",
                    () -> new PartWriter().add(checkpoints.goodBefore(step)).bytes());
            return new PartReader(good).number();
        }

        @Override
        public void rolledBack(int step, int toStep) {
            checkpoints.goBackTo(toStep);
            listeners.tell(listener -> listener.rolledBack(step, toStep));
        }
    }

    private RunOutcome completed() {
        export();
        files.journal().append(new RunEnd(loop.state().step(), RunEnd.Outcome.COMPLETED));
        files.journal().sync();
        sessionStopped(SessionEvent.StopReason.COMPLETED, Optional.empty());
        return outcome(RunOutcome.Kind.COMPLETED, Optional.empty());
    }

    private RunOutcome interrupted(Listeners listeners) {
        int step = loop.state().step();
        Path checkpoint = checkpoints.ofLastStep();
        listeners.tell(listener -> listener.checkpointed(step, checkpoint));
        sessionStopped(SessionEvent.StopReason.INTERRUPTED, Optional.of(checkpoint));
        return outcome(RunOutcome.Kind.INTERRUPTED, Optional.empty());
    }

    private RunOutcome diverged(TrainingDivergedException e) {
        files.journal().append(new RunEnd(loop.state().step(), RunEnd.Outcome.DIVERGED));
        files.journal().sync();
        sessionStopped(SessionEvent.StopReason.DIVERGED, Optional.empty());
        return outcome(RunOutcome.Kind.DIVERGED, Optional.of(e));
    }

    private RunOutcome outcome(RunOutcome.Kind kind, Optional<TrainingDivergedException> divergence) {
        return new RunOutcome(kind, loop.state().step(), checkpoints.newestIfAny(), divergence);
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

    private void sessionStopped(SessionEvent.StopReason reason, Optional<Path> checkpoint) {
        sessions.stopped(loop.state().step(), reason, checkpoint);
    }

    /** Closes journal, samples and events; the models belong to whoever opened them. */
    @Override
    public void close() {
        files.close();
    }
}
