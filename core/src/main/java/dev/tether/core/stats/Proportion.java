package dev.tether.core.stats;

import dev.tether.core.law.Require;

/**
 * How often something happened in independent trials.
 *
 * @param count how often; a tie of two outcomes may count as half
 * @param trials ≥ 1
 */
public record Proportion(double count, long trials) {
    private static final double LEVEL = 0.95;
    /** The 97.5 % quantile of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

    public Proportion {
        Require.atLeast("trials", trials, 1);
        Require.that(count >= 0 && count <= trials, "count", count, "in 0.." + trials);
    }

    public double share() {
        return count / trials;
    }

    /** Wilson's score interval (1927), 95 %: it keeps within 0 and 1 and covers as stated also near its ends. */
    public Interval interval() {
        double p = share();
        double spread = Z * Z / trials;
        double middle = (p + spread / 2) / (1 + spread);
        double half = Z / (1 + spread) * Math.sqrt(p * (1 - p) / trials + spread / (4 * trials));
        return new Interval(Math.max(0, middle - half), Math.min(1, middle + half), LEVEL);
    }
}
