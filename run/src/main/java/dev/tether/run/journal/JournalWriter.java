package dev.tether.run.journal;

import java.nio.file.Path;

/**
 * Appends to {@code journal.jsonl}, one line per event, each handed to the operating system at once.
 *
 * <p>The order that makes an interrupted and resumed run's journal equal to an uninterrupted one: append the
 * {@link CheckpointWritten} row first, {@link #sync}, then store {@link #length} in the checkpoint. An interrupt's own
 * checkpoint gets no row here; it belongs into {@code sessions.jsonl}.
 *
 * @see JournalReader
 */
public final class JournalWriter implements AutoCloseable {
    private final LineAppender file;

    private JournalWriter(LineAppender file) {
        this.file = file;
    }

    /**
     * A new journal.
     *
     * @throws dev.tether.run.InputException where there is one already, or the place cannot be written to
     */
    public static JournalWriter create(Path journal) {
        return new JournalWriter(LineAppender.create(journal));
    }

    /**
     * Goes on where a checkpoint was written: whatever stands behind {@code byteLength} is cut off.
     *
     * @param byteLength as {@link #length} was when the checkpoint was written
     * @throws dev.tether.run.InputException where the journal is shorter, or has no line end there
     */
    public static JournalWriter openForResume(Path journal, long byteLength) {
        return new JournalWriter(LineAppender.resume(journal, byteLength));
    }

    /**
     * Writes one row.
     *
     * @throws dev.tether.run.InputException where the disk is full or the file cannot be written; the row is then not in
     *     the journal, not even in part
     */
    public void append(RunEvent event) {
        file.append(JsonRows.write(event));
    }

    /** Bytes written so far: what a checkpoint stores. */
    public long length() {
        return file.length();
    }

    /** Returns when every row is on the disk. */
    public void sync() {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
