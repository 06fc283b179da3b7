package dev.tether.core.stats;

import dev.tether.core.law.Require;

/**
 * Count, mean and spread of a stream, one value at a time or merged from parts (Welford 1962; Chan, Golub and LeVeque
 * 1979). Immutable. Merging equals having seen all the values in one stream, to rounding.
 *
 * @param count values seen
 * @param mean their mean, 0 when there are none
 * @param m2 Σ(x − mean)²
 * @param min the least, +∞ when there are none
 * @param max the greatest, −∞ when there are none
 */
public record RunningStats(long count, double mean, double m2, double min, double max) {
    /** Nothing seen yet. */
    public static final RunningStats EMPTY =
            new RunningStats(0, 0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

    /** Of all values, in order. */
    public static RunningStats of(double... values) {
        RunningStats stats = EMPTY;
        for (double value : values) {
            stats = stats.plus(value);
        }
        return stats;
    }

    /** With one value more. */
    public RunningStats plus(double value) {
        long n = count + 1;
        double delta = value - mean;
        double newMean = RunningMean.towards(mean, value, 1, n);
        return new RunningStats(n, newMean, m2 + delta * (value - newMean), Math.min(min, value), Math.max(max, value));
    }

    /** With all values of the other. */
    public RunningStats merge(RunningStats other) {
        if (other.count == 0) {
            return this;
        }
        if (count == 0) {
            return other;
        }
        long n = count + other.count;
        double delta = other.mean - mean;
        double newMean = RunningMean.towards(mean, other.mean, other.count, n);
        double newM2 = m2 + other.m2 + delta * delta * count / n * other.count;
        return new RunningStats(n, newMean, newM2, Math.min(min, other.min), Math.max(max, other.max));
    }

    /** Σ(x − mean)² / n. */
    public double biasedVariance() {
        Require.atLeast("count", count, 1);
        return m2 / count;
    }

    /** Σ(x − mean)² / (n − 1); needs two values. */
    public double besselVariance() {
        if (count < 2) {
            throw new IllegalArgumentException("count = " + count + ", must be at least 2 for an unbiased variance");
        }
        return m2 / (count - 1);
    }

    /**
     * Standard error of the mean of independent values, √(Bessel variance / n); +∞ ("unknown") with fewer than two
     * values.
     */
    public double standardError() {
        return count < 2 ? Double.POSITIVE_INFINITY : ClusteredError.knownOrInfinite(besselVariance() / count);
    }
}
