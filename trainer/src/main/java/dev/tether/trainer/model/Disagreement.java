package dev.tether.trainer.model;

import dev.tether.core.kl.ResponseMask;

/** How far two arrays [B][T] of log-probabilities are apart where the mask counts, nats. NaN counts as infinitely far. */
public final class Disagreement {
    private Disagreement() {}

    /** The largest distance of a counted token. */
    public static double max(double[][] a, double[][] b, ResponseMask mask) {
        double max = 0;
        for (int i = 0; i < a.length; i++) {
            for (int t = 0; t < a[i].length; t++) {
                if (mask.counts(i, t)) {
                    max = Math.max(max, at(a[i][t], b[i][t]));
                }
            }
        }
        return max;
    }

    /** The mean distance over counted tokens. */
    public static double mean(double[][] a, double[][] b, ResponseMask mask) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int t = 0; t < a[i].length; t++) {
                if (mask.counts(i, t)) {
                    sum += at(a[i][t], b[i][t]);
                }
            }
        }
        return sum / mask.counted();
    }

    /** The distance of one token. */
    public static double at(double a, double b) {
        double difference = Math.abs(a - b);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }
}
