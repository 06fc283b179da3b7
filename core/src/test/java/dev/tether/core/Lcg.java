package dev.tether.core;

/** The generator that golden.json names for vectors too long to store. */
public final class Lcg {
    private Lcg() {}

    /** Row {@code row} of a [rows][vocabulary] table of (u − 0.5) · scale, u from x′ = 1103515245·x + 12345 mod 2³¹. */
    public static double[] row(long seed, int row, int vocabulary, double scale) {
        long x = seed;
        double[] values = new double[vocabulary];
        for (long i = 0; i < (long) (row + 1) * vocabulary; i++) {
            x = (1103515245L * x + 12345L) & 0x7fffffffL;
            if (i >= (long) row * vocabulary) {
                values[(int) (i - (long) row * vocabulary)] = (x / 2147483648.0 - 0.5) * scale;
            }
        }
        return values;
    }
}
