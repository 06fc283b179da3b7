package dev.tether.trainer.jinja;

/** How much a template may do: whoever wrote it is not known. */
final class Limits {
    /** Characters of any text, the result included. */
    static final int LONGEST_TEXT = 1_000_000;

    /** Expressions and statements that are evaluated. */
    private static final int MOST_STEPS = 200_000;

    private int steps;

    void step() {
        if (++steps > MOST_STEPS) {
            throw new TemplateException("takes more than " + MOST_STEPS + " steps");
        }
    }

    static void requireLength(long characters) {
        if (characters > LONGEST_TEXT) {
            throw new TemplateException("makes a text of more than " + LONGEST_TEXT + " characters");
        }
    }
}
