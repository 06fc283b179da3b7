package dev.tether.run.ingest;

/** No run of that name was opened. */
public final class NoSuchIngestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NoSuchIngestException(String name) {
        super("run = \"" + name + "\": no run of that name was opened");
    }
}
