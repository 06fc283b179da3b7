package dev.tether.core.advantage;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.stats.Masked;
import dev.tether.core.stats.RunningStats;

/**
 * Scales the counted entries to unit Bessel variance: x / √(variance + 1e-8), as TRL's {@code masked_whiten} does.
 * Uncounted entries come out as 0. Where fewer than two entries count there is no variance to scale by, and they are
 * given back as they are (TRL gives NaN there).
 */
public final class Standardize {
    private static final double VARIANCE_FLOOR = 1e-8;

    private Standardize() {}

    /** Mean 0 and variance 1: (x − mean) / √(variance + 1e-8). */
    public static double[][] standardize(double[][] values, ResponseMask mask) {
        return scale(values, mask, 0);
    }

    /** Variance 1, the mean kept: (x − mean) / √(variance + 1e-8) + mean. */
    public static double[][] scaleToUnitVariance(double[][] values, ResponseMask mask) {
        return scale(values, mask, 1);
    }

    private static double[][] scale(double[][] values, ResponseMask mask, double meanKept) {
        RunningStats stats = Masked.of(values, mask);
        boolean scalable = stats.count() >= 2;
        double factor = scalable ? 1 / Math.sqrt(stats.besselVariance() + VARIANCE_FLOOR) : 1;
        double center = scalable ? stats.mean() : 0;
        double[][] scaled = new double[values.length][];
        for (int b = 0; b < values.length; b++) {
            scaled[b] = new double[values[b].length];
            for (int t = 0; t < values[b].length; t++) {
                if (mask.counts(b, t)) {
                    scaled[b][t] = (values[b][t] - center) * factor + meanKept * center;
                }
            }
        }
        return scaled;
    }
}
