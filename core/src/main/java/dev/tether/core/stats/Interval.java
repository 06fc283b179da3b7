package dev.tether.core.stats;

import dev.tether.core.law.Require;

/**
 * A range that covers the truth with a stated probability.
 *
 * @param low lower end
 * @param high upper end, ≥ low
 * @param level probability, in (0, 1)
 */
public record Interval(double low, double high, double level) {
    public Interval {
        Require.that(level > 0 && level < 1, "level", level, "in (0, 1)");
        Require.that(!(high < low), "high", high, "at least the low end, " + low);
    }

    /** True when {@code value} lies in the range, ends included. */
    public boolean contains(double value) {
        return value >= low && value <= high;
    }
}
