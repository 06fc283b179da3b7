package dev.tether.core.stats;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers within sentences. */
public final class Digits {
    private static final MathContext THREE = new MathContext(3);
    private static final double TINY = 1e-3;
    private static final double HUGE = 1e6;

    private Digits() {}

    /** Three significant digits: {@code 0.123}, {@code 41.2}, {@code 1.2E-5}; a value that is not finite as it is. */
    public static String rough(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(THREE).stripTrailingZeros();
        double size = Math.abs(value);
        boolean plain = value == 0 || (size >= TINY && size < HUGE);
        return plain ? rounded.toPlainString() : rounded.toString();
    }

    /** As a share of the whole: {@code 62 %}. */
    public static String percent(double share) {
        return rough(100 * share) + " %";
    }
}
