package dev.tether.run.chart;

/** Each number replaced by the mean of those around it. */
final class MovingMean {
    private MovingMean() {}

    /** Centred over {@code window} numbers; nearer to the ends over fewer, as many on each side. */
    static double[] of(double[] values, int window) {
        double[] sums = new double[values.length + 1];
        for (int i = 0; i < values.length; i++) {
            sums[i + 1] = sums[i] + values[i];
        }
        double[] means = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int reach = Math.min(window / 2, Math.min(i, values.length - 1 - i));
            means[i] = (sums[i + reach + 1] - sums[i - reach]) / (2 * reach + 1);
        }
        return means;
    }
}
