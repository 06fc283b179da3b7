package dev.tether.run.ingest;

import dev.tether.core.control.ControllerMove;
import dev.tether.core.control.KlController;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.IngestEvent;
import dev.tether.run.journal.IngestLog;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.monitor.Monitor;
import dev.tether.run.settings.KlControllers;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run that another trainer makes: each step it tells is written down once and answered, the same answer however often it
 * is told.
 *
 * <p>Order on the disk, so that a process may die at any point: samples, journal, then the row of {@code ingest.jsonl}
 * that makes the step a taken one. {@link #open} cuts off whatever no such row speaks of. A step that could not be written
 * closes the run; opened again it stands where it stood before that step.
 */
final class IngestedRun implements AutoCloseable {
    private static final String NOT_OURS = "of another trainer";
    private static final long NO_SEED = 0;

    private final RunDirectory directory;
    private final IngestPlan plan;
    private final RunSettings settings;
    private final InstantSource clock;
    private final IngestFiles files;
    private final Monitor monitor;
    private final Map<Long, Given> given = new HashMap<>();
    private KlController controller;
    private long last;
    private long episodes;
    private Optional<RunEnd.Outcome> outcome = Optional.empty();
    private volatile boolean closed;

    /** What was answered to a step, apart from what follows from the step itself. */
    private record Given(String digest, double klCoef, double nextKlCoef, List<Finding> findings) {}

    private IngestedRun(RunDirectory directory, IngestEvent.Opened opened, IngestFiles files, InstantSource clock) {
        this.directory = directory;
        this.plan = new IngestPlan(opened.steps(), opened.settings());
        this.settings = plan.resolved();
        this.clock = clock;
        this.files = files;
        this.monitor = Monitor.after(files.told().steps());
        this.controller = KlControllers.of(settings.belt());
    }

    /**
     * Makes the directory of a new run, whole or not at all.
     *
     * @throws InputException where there is something already, or it cannot be written to
     */
    static void create(Path root, IngestPlan plan) {
        AtomicFiles.writeDirectory(root, aside -> {
            RunDirectory run = new RunDirectory(aside);
            try (JournalWriter journal = JournalWriter.create(run.journal());
                    SampleWriter samples = SampleWriter.create(run.samples());
                    IngestLog log = IngestLog.create(run.ingest())) {
                journal.append(new RunHeader(
                        SettingsWriter.digest(plan.resolved()), NOT_OURS, NOT_OURS, NO_SEED, plan.steps()));
                log.append(new IngestEvent.Opened(plan.steps(), plan.settings(), journal.length(), samples.length()));
            }
        });
    }

    /**
     * Goes on with a run.
     *
     * @param afterStep step to go back to; what was told of later ones is cut off. Empty: go on after the last
     * @throws InputException where its files do not fit together
     * @throws IngestConflictException where that step was not taken
     */
    static IngestedRun open(RunDirectory directory, OptionalLong afterStep, InstantSource clock) {
        List<IngestLog.Row> rows = kept(directory, afterStep);
        if (!(rows.get(0).event() instanceof IngestEvent.Opened opened)) {
            throw new InputException(directory.ingest() + ":1: must be the row that opens the run");
        }
        IngestLog.Row last = rows.get(rows.size() - 1);
        IngestFiles files = IngestFiles.openAfter(directory, last);
        IngestedRun run = new IngestedRun(directory, opened, files, clock);
        rows.forEach(row -> run.recall(row.event(), files.told().findings()));
        return run;
    }

    /** The rows up to the step to go on after; without those whose bytes a machine without power lost. */
    private static List<IngestLog.Row> kept(RunDirectory directory, OptionalLong afterStep) {
        long journal = length(directory.journal());
        long samples = length(directory.samples());
        List<IngestLog.Row> rows = new ArrayList<>();
        for (IngestLog.Row row : IngestLog.readAll(directory.ingest())) {
            if (row.event().journalBytes() > journal || row.event().samplesBytes() > samples) {
                break;
            }
            if (afterStep.isPresent() && isAfter(row.event(), afterStep.getAsLong())) {
                break;
            }
            rows.add(row);
        }
        if (rows.isEmpty()) {
            throw new InputException("cannot go on with " + directory.root()
                    + ": journal and samples are shorter than ingest.jsonl says");
        }
        afterStep.ifPresent(step -> requireTaken(rows.get(rows.size() - 1).event(), step));
        return rows;
    }

    private static boolean isAfter(IngestEvent event, long step) {
        return event instanceof IngestEvent.Ended || event instanceof IngestEvent.Taken taken && taken.step() > step;
    }

    private static void requireTaken(IngestEvent last, long step) {
        long reached = last instanceof IngestEvent.Taken taken ? taken.step() : 0;
        if (reached != step) {
            throw new IngestConflictException("after_step = " + step + ", but the last step is " + reached);
        }
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    private void recall(IngestEvent event, List<Finding> findings) {
        if (event instanceof IngestEvent.Taken taken) {
            List<Finding> found = findings.stream()
                    .filter(finding -> finding.step() == taken.step())
                    .toList();
            given.put(taken.step(), new Given(taken.digest(), taken.klCoef(), taken.nextKlCoef(), found));
            last = taken.step();
            episodes = taken.episodes();
            controller = controller.withState(taken.controller());
        } else if (event instanceof IngestEvent.Ended ended) {
            outcome = Optional.of(ended.outcome());
        }
    }

    IngestPlan plan() {
        return plan;
    }

    boolean isClosed() {
        return closed;
    }

    synchronized IngestState state() {
        return new IngestState(directory.root().getFileName().toString(), last, controller.coefficient(), outcome);
    }

    /**
     * Takes a step in, or answers again what was answered before.
     *
     * @return empty where the run was closed meanwhile: open it and ask again
     * @throws IngestConflictException where it is not the next step, or differs from the one of its number
     * @throws IllegalArgumentException where no finite rewards follow from it
     * @throws InputException where it could not be written; nothing of it is then in the run
     */
    synchronized Optional<IngestAnswer> take(IngestedStep step) {
        if (closed) {
            return Optional.empty();
        }
        Given before = given.get(step.step());
        if (before != null) {
            if (!before.digest().equals(step.digest())) {
                throw new IngestConflictException(
                        "step " + step.step() + " was told already, with other content; it stays as it was told first");
            }
            return Optional.of(answer(IngestedFigures.of(step, settings, before.klCoef()), before));
        }
        requireNext(step.step());
        IngestedFigures figures = IngestedFigures.of(step, settings, controller.coefficient());
        ControllerMove move = controller.observe(figures.headline(), figures.sequences());
        long total = episodes + figures.sequences();
        StepRecord record = figures.record(move.reason(), total, clock.instant());
        List<Finding> findings = new ArrayList<>();
        if (move.reason().kind().isRefusal()) {
            findings.add(Finding.of(
                    step.step(),
                    "KL_READING_REFUSED",
                    Finding.Severity.WARNING,
                    move.reason().sentence()));
        }
        Given now = write(step, record, new Charged(figures.klCoef(), move, total), findings);
        given.put(step.step(), now);
        last = step.step();
        episodes = total;
        controller = move.next();
        return Optional.of(answer(figures, now));
    }

    private record Charged(double klCoef, ControllerMove move, long episodes) {}

    private void requireNext(long step) {
        if (outcome.isPresent()) {
            throw new IngestConflictException("step " + step + " comes after the end of the run");
        }
        if (step != last + 1) {
            throw new IngestConflictException("step = " + step + ", must be " + (last + 1) + ", the one after step "
                    + last + "; to go back, open the run again with after_step");
        }
    }

    private Given write(IngestedStep step, StepRecord record, Charged charged, List<Finding> findings) {
        try {
            IngestedSamples.of(step).forEach(files.samples()::append);
            files.journal().append(record);
            findings.addAll(monitor.see(record));
            findings.forEach(files.journal()::append);
            files.events().append(record);
            KlController next = charged.move().next();
            files.log()
                    .append(new IngestEvent.Taken(
                            step.step(),
                            step.digest(),
                            charged.klCoef(),
                            next.coefficient(),
                            next.state(),
                            charged.episodes(),
                            files.journal().length(),
                            files.samples().length()));
            return new Given(step.digest(), charged.klCoef(), next.coefficient(), List.copyOf(findings));
        } catch (RuntimeException | Error e) {
            closed = true;
            files.closeAfter(e);
            throw e;
        }
    }

    private static IngestAnswer answer(IngestedFigures figures, Given given) {
        return new IngestAnswer(
                figures.step().step(),
                given.klCoef(),
                given.nextKlCoef(),
                ReferenceKl.of(figures.headline()),
                figures.shaped().rewards(),
                given.findings());
    }

    /**
     * Ends the run, once.
     *
     * @return empty where the run was closed meanwhile
     * @throws IngestConflictException where it ended otherwise before
     */
    synchronized Optional<IngestState> end(RunEnd.Outcome wished) {
        if (closed) {
            return Optional.empty();
        }
        if (outcome.isEmpty()) {
            writeEnd(wished);
            outcome = Optional.of(wished);
        } else if (outcome.get() != wished) {
            throw new IngestConflictException(
                    "the run has ended already, " + word(outcome.get()) + " and not " + word(wished));
        }
        return Optional.of(state());
    }

    private void writeEnd(RunEnd.Outcome wished) {
        try {
            files.journal().append(new RunEnd(last, wished));
            files.log()
                    .append(new IngestEvent.Ended(
                            wished, files.journal().length(), files.samples().length()));
            files.sync();
        } catch (RuntimeException | Error e) {
            closed = true;
            files.closeAfter(e);
            throw e;
        }
    }

    private static String word(RunEnd.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        files.close();
    }
}
