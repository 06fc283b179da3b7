package dev.tether.run.journal;

import java.nio.file.Path;
import java.util.Optional;

/** Reads {@code samples.jsonl} row by row. */
public final class SampleReader implements AutoCloseable {
    private final RowReader<SampleRecord> rows;

    private SampleReader(Path samples) {
        rows = new RowReader<>(samples, SampleRecord.class);
    }

    public static SampleReader open(Path samples) {
        return new SampleReader(samples);
    }

    /** The next sample, or empty at the end; see {@link JournalReader#next}. */
    public Optional<SampleRecord> next() {
        return rows.next();
    }

    /** The unfinished last line, known once {@link #next} has come to the end. */
    public Optional<TornLine> tornLine() {
        return rows.tornLine();
    }

    @Override
    public void close() {
        rows.close();
    }
}
