package dev.tether.run.settings;

/** The laws of settings; each message names the setting by its path, the value found and the law. */
final class Require {
    private Require() {}

    static void that(boolean holds, String path, Object value, String law) {
        if (!holds) {
            throw new IllegalArgumentException(path + " = " + value + ", must be " + law);
        }
    }

    static void positive(String path, double value) {
        that(value > 0 && Double.isFinite(value), path, value, "finite and > 0");
    }

    static void notNegative(String path, double value) {
        that(value >= 0 && Double.isFinite(value), path, value, "finite and >= 0");
    }

    static void finite(String path, double value) {
        that(Double.isFinite(value), path, value, "finite");
    }

    static void atLeast(String path, long value, long least) {
        that(value >= least, path, value, "at least " + least);
    }

    static void text(String path, String value) {
        that(
                value != null && !value.isBlank(),
                path,
                value == null ? "null" : "\"" + value + "\"",
                "a text with at least one letter");
    }

    static void present(String path, Object value) {
        that(value != null, path, "null", "given");
    }
}
