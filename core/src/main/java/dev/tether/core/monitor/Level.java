package dev.tether.core.monitor;

import dev.tether.core.stats.Digits;
import dev.tether.core.stats.Explanation;
import dev.tether.core.stats.RunningStats;
import dev.tether.core.stats.StudentT;

/**
 * Where a figure stands over a stretch of steps: mean and standard error. The error is widened by √((1 + ρ)/(1 − ρ)) for
 * the lag-1 autocorrelation ρ of the steps, for neighbouring steps are no independent draws.
 *
 * @param mean over the steps
 * @param standardError of the mean; 0 where all are equal
 * @param steps how many
 */
record Level(double mean, double standardError, int steps) {
    private static final double MOST_CORRELATION = 0.7;
    private static final int BIASED = 4;

    /** Of at least two values. */
    static Level of(double[] values) {
        RunningStats stats = RunningStats.of(values);
        double rho = correlation(values, stats.mean());
        double widening = Math.sqrt((1 + rho) / (1 - rho));
        return new Level(stats.mean(), widening * stats.standardError(), values.length);
    }

    /**
     * Lag-1 autocorrelation, in [0, {@value #MOST_CORRELATION}]: a negative one is not believed. The sample's own is too
     * small by about (1 + 4ρ)/n (Kendall and Marriott 1954), which a few steps cannot afford.
     */
    private static double correlation(double[] values, double mean) {
        double products = 0;
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            double off = values[i] - mean;
            squares += off * off;
            products += i == 0 ? 0 : off * (values[i - 1] - mean);
        }
        if (squares == 0) {
            return 0;
        }
        int n = values.length;
        double unbiased = n > BIASED ? (n * products / squares + 1) / (n - BIASED) : MOST_CORRELATION;
        return Math.min(MOST_CORRELATION, Math.max(0, unbiased));
    }

    /** True when it is above the limit by more than chance makes of a level at the limit, in {@code rate} of looks. */
    boolean isAbove(double limit, double rate) {
        return exceeds(mean - limit, rate);
    }

    /** True when it is below the limit by more than chance makes of a level at the limit, in {@code rate} of looks. */
    boolean isBelow(double limit, double rate) {
        return exceeds(limit - mean, rate);
    }

    private boolean exceeds(double excess, double rate) {
        return excess > 0 && (standardError == 0 || StudentT.upperTail(excess / standardError, steps - 1.0) < rate);
    }

    Explanation explain(String name) {
        return Explanation.of(
                mean, name + ", mean of " + steps + " steps, standard error " + Digits.rough(standardError));
    }
}
