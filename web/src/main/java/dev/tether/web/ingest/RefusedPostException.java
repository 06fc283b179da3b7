package dev.tether.web.ingest;

/** A post that cannot be taken: what is wrong with it, and in which line of it, counted from 1; 0 = no line of its own. */
final class RefusedPostException extends RuntimeException {
    private static final long serialVersionUID = 1;
    static final int BAD = 400;
    static final int TOO_LARGE = 413;

    private final int status;
    private final int line;

    RefusedPostException(int status, int line, String message) {
        super(line == 0 ? message : "line " + line + ": " + message);
        this.status = status;
        this.line = line;
    }

    int status() {
        return status;
    }

    int line() {
        return line;
    }
}
