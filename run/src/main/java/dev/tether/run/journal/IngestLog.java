package dev.tether.run.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Appends to and reads {@code ingest.jsonl}. */
public final class IngestLog implements AutoCloseable {
    private final LineAppender file;

    private IngestLog(LineAppender file) {
        this.file = file;
    }

    /**
     * A row and where it ends.
     *
     * @param end bytes of the file up to and with the row
     */
    public record Row(IngestEvent event, long end) {}

    /** A new file; one that is there already is refused. */
    public static IngestLog create(Path ingest) {
        return new IngestLog(LineAppender.create(ingest));
    }

    /** Goes on after the row that ends at {@code byteLength}; what stands behind is cut off. */
    public static IngestLog openForResume(Path ingest, long byteLength) {
        return new IngestLog(LineAppender.resume(ingest, byteLength));
    }

    /** All whole rows. */
    public static List<Row> readAll(Path ingest) {
        try (RowReader<IngestEvent> reader = new RowReader<>(ingest, IngestEvent.class)) {
            List<Row> rows = new ArrayList<>();
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                rows.add(new Row(event.get(), reader.offset()));
            }
            return rows;
        }
    }

    public void append(IngestEvent event) {
        file.append(JsonRows.write(event));
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
