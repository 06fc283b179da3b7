package dev.tether.trainer.parallel;

/** The processes of a run cannot go on together: one of them is gone, or is at something else. One line, which names it. */
public final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PeerException(String message) {
        super(message);
    }

    public PeerException(String message, Throwable cause) {
        super(message, cause);
    }
}
