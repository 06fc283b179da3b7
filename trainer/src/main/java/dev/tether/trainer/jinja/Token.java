package dev.tether.trainer.jinja;

/**
 * A piece of a template.
 *
 * @param text of a string literal what it stands for, of anything else the characters themselves
 * @param line where it stands, counted from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind {
        /** What is written as it is. */
        TEXT,
        /** Before and after a value that is written. */
        PRINT_BEGIN,
        PRINT_END,
        /** Before and after a statement. */
        TAG_BEGIN,
        TAG_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }
}
