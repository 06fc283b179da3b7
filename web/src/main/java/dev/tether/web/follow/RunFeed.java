package dev.tether.web.follow;

import dev.tether.core.kl.KlMeasure;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.JournalTail;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.StepRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One run directory, followed: {@link #poll} reads what is new, the other methods tell what is known. */
public final class RunFeed {
    /** A run whose journal has not grown for so long is taken to be alive no more. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final int id;
    private final String name;
    private final RunDirectory directory;

    private Optional<JournalTail> tail = Optional.empty();
    private Known known = new Known(0);
    private boolean caughtUp;
    private Optional<String> problem = Optional.empty();

    /** Everything read of one journal, from its beginning. */
    private static final class Known implements JournalTail.Listener {
        private final int generation;
        private final Columns columns = new Columns();
        private final List<Notice> notices = new ArrayList<>();
        private Optional<RunHeader> header = Optional.empty();
        private Optional<RunEnd> end = Optional.empty();
        private Optional<ControllerFigures> controller = Optional.empty();
        private Optional<KlMeasure> klMeasure = Optional.empty();

        Known(int generation) {
            this.generation = generation;
        }

        @Override
        public void first(StepRecord step) {
            controller = step.controller();
            klMeasure = step.referenceKl().map(ReferenceKl::estimator);
        }

        @Override
        public void step(long step, double[] figures) {
            double[] row = Arrays.copyOf(figures, Figure.values().length);
            double responses = figures[Figure.EPISODES.ordinal()] / step;
            row[Figure.SCORE_SE.ordinal()] = figures[Figure.SCORE_SD.ordinal()] / Math.sqrt(Math.max(1, responses));
            columns.append(step, row);
        }

        @Override
        public void event(RunEvent event) {
            if (event instanceof RunHeader found) {
                header = Optional.of(found);
            } else if (event instanceof RunEnd found) {
                end = Optional.of(found);
            } else {
                Notice.of(event).ifPresent(notices::add);
            }
        }
    }

    RunFeed(int id, String name, RunDirectory directory) {
        this.id = id;
        this.name = name;
        this.directory = directory;
    }

    public int id() {
        return id;
    }

    public RunDirectory directory() {
        return directory;
    }

    /**
     * Reads what the journal has more than before.
     *
     * @param limit on the rows read at once
     * @return whether anything is known that was not before
     */
    synchronized boolean poll(int limit) {
        boolean restarted = tail.map(JournalTail::isOutdated).orElse(false);
        if (restarted) {
            restart();
        }
        try {
            if (tail.isEmpty() && Files.exists(directory.journal())) {
                tail = Optional.of(JournalTail.open(directory.journal(), Figure.journalKeys()));
                problem = Optional.empty();
            }
            boolean wasCaughtUp = caughtUp;
            int rows = tail.isEmpty() || problem.isPresent() ? 0 : tail.get().read(limit, known);
            caughtUp = rows < limit;
            return restarted || rows > 0 || caughtUp != wasCaughtUp;
        } catch (InputException e) {
            // what was read before stays; the file is looked at again once it is cut or replaced
            boolean isNew = problem.isEmpty();
            problem = Optional.of(e.getMessage());
            caughtUp = true;
            return isNew;
        }
    }

    private void restart() {
        close();
        problem = Optional.empty();
        known = new Known(known.generation + 1);
    }

    synchronized void close() {
        tail.ifPresent(JournalTail::close);
        tail = Optional.empty();
    }

    public synchronized Table table() {
        return known.columns.table();
    }

    /** How the KL to the reference is measured; empty before the first step. */
    public synchronized Optional<KlMeasure> klMeasure() {
        return known.klMeasure;
    }

    public synchronized List<Notice> notices() {
        return List.copyOf(known.notices);
    }

    /** Whether everything was read that was there at the last look. */
    synchronized boolean isCaughtUp() {
        return caughtUp;
    }

    /** Changes whenever the run is read anew from its beginning. */
    public synchronized int generation() {
        return known.generation;
    }

    public synchronized RunSummary summary() {
        Table table = known.columns.table();
        return new RunSummary(
                id,
                name,
                directory.root().toString(),
                known.generation,
                table.size(),
                table.size() == 0 ? 0 : table.step(0),
                table.size() == 0 ? 0 : table.step(table.size() - 1),
                known.header.map(RunHeader::steps).orElse(0L),
                known.header.map(RunHeader::seed).orElse(0L),
                state(),
                problem,
                known.controller.map(ControllerFigures::name),
                known.controller
                        .flatMap(ControllerFigures::unit)
                        .map(unit -> unit.name().toLowerCase(Locale.ROOT)),
                RunSummary.latest(table),
                RunSummary.counts(known.notices));
    }

    private RunSummary.State state() {
        if (problem.isPresent()) {
            return RunSummary.State.UNREADABLE;
        }
        if (!caughtUp) {
            return RunSummary.State.READING;
        }
        if (known.end.isPresent()) {
            return known.end.get().outcome() == RunEnd.Outcome.COMPLETED
                    ? RunSummary.State.COMPLETED
                    : RunSummary.State.DIVERGED;
        }
        return isSilent() ? RunSummary.State.SILENT : RunSummary.State.RUNNING;
    }

    private boolean isSilent() {
        try {
            Instant written = Files.getLastModifiedTime(directory.journal()).toInstant();
            return Duration.between(written, Instant.now()).compareTo(SILENCE) > 0;
        } catch (IOException e) {
            return false;
        }
    }
}
