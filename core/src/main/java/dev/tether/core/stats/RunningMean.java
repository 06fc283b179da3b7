package dev.tether.core.stats;

/** One step of a running mean that keeps IEEE's rules for infinity, which the textbook update turns into NaN. */
final class RunningMean {
    private RunningMean() {}

    /**
     * The mean of {@code total} values, where {@code weight} of them have the mean {@code value} and the others
     * {@code mean}; infinite when either is, NaN for ∞ against −∞.
     */
    static double towards(double mean, double value, double weight, double total) {
        double delta = value - mean;
        return Double.isFinite(delta) ? mean + delta * weight / total : mean + value;
    }
}
