package dev.tether.run.ingest;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.IngestLog;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.tensorboard.EventFile;
import java.util.ArrayDeque;
import java.util.Deque;

/** The files that a told run grows, opened and closed together. */
final class IngestFiles {
    private final Deque<Runnable> open = new ArrayDeque<>();
    private JournalWriter journal;
    private SampleWriter samples;
    private IngestLog log;
    private EventFile events;
    private Journal told;

    private IngestFiles() {}

    /** Cut to where {@code last} says, to go on there. */
    static IngestFiles openAfter(RunDirectory directory, IngestLog.Row last) {
        IngestFiles files = new IngestFiles();
        try {
            files.journal = JournalWriter.openForResume(
                    directory.journal(), last.event().journalBytes());
            files.open.push(files.journal::close);
            files.samples =
                    SampleWriter.openForResume(directory.samples(), last.event().samplesBytes());
            files.open.push(files.samples::close);
            files.log = IngestLog.openForResume(directory.ingest(), last.end());
            files.open.push(files.log::close);
            files.told = JournalReader.readAll(directory.journal());
            files.events = EventFile.create(directory.tensorboard(), files.told.steps());
            files.open.push(files.events::close);
            return files;
        } catch (RuntimeException e) {
            files.closeAfter(e);
            throw e;
        }
    }

    JournalWriter journal() {
        return journal;
    }

    SampleWriter samples() {
        return samples;
    }

    IngestLog log() {
        return log;
    }

    EventFile events() {
        return events;
    }

    /** What the journal says up to there. */
    Journal told() {
        return told;
    }

    /** Returns when every row is on the disk. */
    void sync() {
        samples.sync();
        journal.sync();
        log.sync();
    }

    /** Closes each, also where closing another fails. */
    void close() {
        RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().run();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Closes after a failure, which is the one to tell. */
    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
