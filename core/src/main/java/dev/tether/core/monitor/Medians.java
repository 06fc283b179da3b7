package dev.tether.core.monitor;

import java.util.Arrays;

/** Middle and spread that a few wild values cannot move. */
final class Medians {
    /** What makes the median absolute deviation of normal values their standard deviation. */
    private static final double NORMAL = 1.4826;

    private Medians() {}

    /** Of at least one value. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /** 1.4826 · median |x − median|. */
    static double robustDeviation(double[] values) {
        double median = median(values);
        return NORMAL
                * median(Arrays.stream(values).map(x -> Math.abs(x - median)).toArray());
    }
}
