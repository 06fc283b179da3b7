package dev.tether.core.stats;

import dev.tether.core.law.Require;

/** The model of Bradley and Terry (1952): of two answers the first is preferred with probability σ(r₁ − r₂). */
public final class Logistic {
    private static final double HOTTEST = 1e3;
    private static final double COLDEST = 1e-3;
    private static final int HALVINGS = 60;

    private Logistic() {}

    /** σ(x) = 1 / (1 + e^−x). */
    public static double sigma(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    /** −log σ(x) = log(1 + e^−x) ≥ 0, nats; exact where it is tiny and where it is huge. */
    public static double loss(double x) {
        return x >= 0 ? Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)) - x;
    }

    /** The mean of {@link #loss}, nats per pair. */
    public static double meanLoss(double[] margins) {
        Require.atLeast("margins", margins.length, 1);
        double sum = 0;
        for (double margin : margins) {
            sum += loss(margin);
        }
        return sum / margins.length;
    }

    /**
     * The T by which margins ought to be divided so that σ(margin / T) fits best what was chosen (Guo et al. 2017): above 1 a
     * model is too sure of itself, below 1 too careful. In 0.001 to 1000; at an end where no T fits best, as where every margin
     * is positive.
     */
    public static double temperature(double[] margins) {
        Require.atLeast("margins", margins.length, 1);
        // the loss is convex in s = 1/T; its slope is −Σ margin · σ(−s · margin)
        double low = 1 / HOTTEST;
        double high = 1 / COLDEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = Math.sqrt(low * high);
            double slope = 0;
            for (double margin : margins) {
                slope -= margin * sigma(-middle * margin);
            }
            if (slope <= 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return 1 / Math.sqrt(low * high);
    }
}
