package dev.tether.run.journal;

import java.nio.file.Path;

/** Appends to {@code samples.jsonl}, as {@link JournalWriter} does to the journal. */
public final class SampleWriter implements AutoCloseable {
    private final LineAppender file;

    private SampleWriter(LineAppender file) {
        this.file = file;
    }

    /** A new file; one that is there already is refused. */
    public static SampleWriter create(Path samples) {
        return new SampleWriter(LineAppender.create(samples));
    }

    /** Goes on where a checkpoint was written; see {@link JournalWriter#openForResume}. */
    public static SampleWriter openForResume(Path samples, long byteLength) {
        return new SampleWriter(LineAppender.resume(samples, byteLength));
    }

    public void append(SampleRecord sample) {
        file.append(JsonRows.write(sample));
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
