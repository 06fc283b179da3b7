package dev.tether.run.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import tools.jackson.core.io.NumberOutput;

/** Numbers as people read them, and as the journal holds them. */
public final class Numbers {
    private Numbers() {}

    /** Four significant digits: {@code 5.932}, {@code 0.01235}, {@code 1.2e-5}, {@code 648}. */
    public static String brief(double value) {
        return significant(value, 4);
    }

    /** Three significant digits, for sentences. */
    public static String rough(double value) {
        return significant(value, 3);
    }

    /** A share as percent with a sign: {@code +2.4 %}. */
    public static String signedPercent(double share) {
        String digits = String.format(Locale.ROOT, Math.abs(share) < 0.0995 ? "%.1f" : "%.0f", Math.abs(100 * share));
        return (share < 0 ? "−" : "+") + digits + " %";
    }

    /** With that many digits behind the point. */
    public static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Every digit, as in the journal. */
    public static String exact(double value) {
        return NumberOutput.toString(value, true);
    }

    private static String significant(double value, int digits) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : String.valueOf(value);
        }
        double size = Math.abs(value);
        if (size < 1e-4 || size >= 1e6) {
            String text = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
            return text.replaceFirst("\\.?0*e", "e").replaceFirst("e\\+?(-?)0*", "e$1");
        }
        return plain(new BigDecimal(value).round(new MathContext(Math.max(digits, (int) Math.log10(size) + 1))));
    }

    private static String plain(BigDecimal rounded) {
        BigDecimal stripped = rounded.stripTrailingZeros();
        return (stripped.scale() < 0 ? stripped.setScale(0) : stripped).toPlainString();
    }
}
