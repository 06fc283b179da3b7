package dev.tether.run.journal;

import java.util.OptionalDouble;

/** The laws of journal figures: what is known is finite, what is not known is left out. */
final class Figures {
    private Figures() {}

    static void law(boolean holds, String name, Object value, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }

    static void text(String name, String value) {
        law(value != null && !value.isBlank(), name, value, "a text that is not blank");
    }

    static double finite(String name, double value) {
        law(Double.isFinite(value), name, value, "finite; a figure that is not known is left out");
        return value;
    }

    /** Unknown where {@code null}, as in a row that has no such key. */
    static OptionalDouble known(String name, OptionalDouble value) {
        if (value == null) {
            return OptionalDouble.empty();
        }
        value.ifPresent(v -> finite(name, v));
        return value;
    }

    /** Unknown where not finite: for figures that a small batch leaves undefined. */
    static OptionalDouble whereDefined(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }
}
