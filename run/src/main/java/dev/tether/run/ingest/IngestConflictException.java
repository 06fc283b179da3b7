package dev.tether.run.ingest;

/** What is told does not fit what was told before. The message says both. */
public final class IngestConflictException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public IngestConflictException(String message) {
        super(message);
    }
}
