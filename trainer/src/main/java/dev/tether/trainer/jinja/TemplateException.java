package dev.tether.trainer.jinja;

/** A template that cannot be read or rendered; the message says why. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateException(String message) {
        super(message);
    }
}
