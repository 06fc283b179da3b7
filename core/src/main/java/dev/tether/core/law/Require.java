package dev.tether.core.law;

/** The one place where a caller's wrong number becomes a sentence: "temperature = -1.0, must be finite and >= 0". */
public final class Require {
    private Require() {}

    /** Refuses {@code value} unless {@code holds}; {@code law} completes the sentence "must be …". */
    public static void that(boolean holds, String name, Object value, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }

    /** Finite and &gt; 0. */
    public static double positive(String name, double value) {
        that(value > 0 && Double.isFinite(value), name, value, "finite and > 0");
        return value;
    }

    /** Finite and ≥ 0. */
    public static double notNegative(String name, double value) {
        that(value >= 0 && Double.isFinite(value), name, value, "finite and >= 0");
        return value;
    }

    /** Finite. */
    public static double finite(String name, double value) {
        that(Double.isFinite(value), name, value, "finite");
        return value;
    }

    /** At least {@code least}. */
    public static long atLeast(String name, long value, long least) {
        that(value >= least, name, value, "at least " + least);
        return value;
    }

    /** In [0, 1]. */
    public static double share(String name, double value) {
        that(value >= 0 && value <= 1, name, value, "in [0, 1]");
        return value;
    }

    /** Two lengths that have to agree. */
    public static void sameLength(String name, int length, String otherName, int otherLength) {
        if (length != otherLength) {
            throw new IllegalArgumentException(
                    name + " has length " + length + ", must equal the length of " + otherName + ", " + otherLength);
        }
    }
}
