package dev.tether.run;

/**
 * What the user gave cannot be used: a file, a setting, a directory. The message is one line that names the place, the
 * value found and the law broken; it is shown alone, without a stack trace.
 */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public InputException(String message) {
        super(oneLine(message));
    }

    public InputException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
