package dev.tether.core.monitor;

import dev.tether.core.stats.StudentT;

/**
 * A straight line through values at equal distances, by least squares.
 *
 * @param slope per step
 * @param standardError of the slope; the residuals' autocorrelation widens it as in {@link Level}
 * @param noise standard deviation of a value about its neighbours, from successive differences: blind to any trend
 * @param steps how many
 */
record Trend(double slope, double standardError, double noise, int steps) {

    /** Of at least three values. */
    static Trend of(double[] values) {
        int n = values.length;
        double middle = (n - 1) / 2.0;
        double mean = Level.of(values).mean();
        double products = 0;
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < n; i++) {
            products += (i - middle) * (values[i] - mean);
            squares += (i - middle) * (i - middle);
            double step = i == 0 ? 0 : values[i] - values[i - 1];
            differences += step * step;
        }
        double slope = products / squares;
        double[] residuals = new double[n];
        for (int i = 0; i < n; i++) {
            residuals[i] = values[i] - mean - slope * (i - middle);
        }
        // √(Σr²/(n−2)/Σx²), with Σr²/(n−1)/n the squared error of the residuals' mean
        double ofMean = Level.of(residuals).standardError();
        double error = ofMean * Math.sqrt((double) n * (n - 1) / (n - 2) / squares);
        return new Trend(slope, error, Math.sqrt(differences / (n - 1) / 2), n);
    }

    /** Slope over its standard error; infinite on a straight line. */
    double t() {
        return slope == 0 ? 0 : slope / standardError;
    }

    /** True when it rises beyond what chance makes of no trend, in {@code rate} of looks. */
    boolean rises(double rate) {
        return slope > 0 && StudentT.upperTail(t(), steps - 2.0) < rate;
    }
}
