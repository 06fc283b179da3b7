package dev.tether.core.stats;

/**
 * Statistics of the counted entries of a [B][T] array: what they would be of the filtered list. Uncounted entries are
 * never read, so NaN there does not leak; NaN in a counted entry gives NaN.
 */
public final class Masked {
    private Masked() {}

    /** Σx / n over the counted entries. */
    public static double mean(double[][] values, CountedEntries mask) {
        return of(values, mask).mean();
    }

    /** Σ(x − mean)² / n: the variance of the entries themselves. TensorFlow's and OpenAI's choice. */
    public static double biasedVariance(double[][] values, CountedEntries mask) {
        return of(values, mask).biasedVariance();
    }

    /**
     * Σ(x − mean)² / (n − 1): the unbiased estimate of the variance that the entries were drawn from. TRL's and verl's
     * choice.
     *
     * @throws IllegalArgumentException when fewer than two entries count
     */
    public static double besselVariance(double[][] values, CountedEntries mask) {
        return of(values, mask).besselVariance();
    }

    /** Count, mean, variance, minimum and maximum of the counted entries in one pass. */
    public static RunningStats of(double[][] values, CountedEntries mask) {
        mask.requireShape("values", values);
        RunningStats stats = RunningStats.EMPTY;
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                if (mask.counts(b, t)) {
                    stats = stats.plus(values[b][t]);
                }
            }
        }
        return stats;
    }
}
