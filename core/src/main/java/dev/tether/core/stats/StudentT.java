package dev.tether.core.stats;

import dev.tether.core.law.Require;

/** Student's t distribution: how far a mean of n draws, over its own standard error, strays by chance (n − 1 degrees). */
public final class StudentT {
    private static final int MOST_TERMS = 20_000;
    private static final double ENOUGH = 1e-15;
    private static final double TINY = 1e-300;
    private static final double CLOSE = 1e-12;

    private StudentT() {}

    /** P(T ≥ t). */
    public static double upperTail(double t, double degrees) {
        Require.positive("degrees", degrees);
        Require.that(!Double.isNaN(t), "t", t, "a number");
        double twoSided = Double.isInfinite(t) ? 0 : incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
        return t >= 0 ? twoSided / 2 : 1 - twoSided / 2;
    }

    /** The t that a draw stays below with that probability, to 1e-12 of itself. */
    public static double quantile(double probability, double degrees) {
        Require.that(probability > 0 && probability < 1, "probability", probability, "in (0, 1)");
        if (probability < 0.5) {
            return -quantile(1 - probability, degrees);
        }
        double low = 0;
        double high = 1;
        while (upperTail(high, degrees) > 1 - probability) {
            high *= 2;
        }
        while (high - low > CLOSE * high) {
            double middle = (low + high) / 2;
            if (upperTail(middle, degrees) > 1 - probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** I_x(a, b), the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22). */
    static double incompleteBeta(double a, double b, double x) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
        boolean converges = x < (a + 1) / (a + b + 2);
        return converges ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, 1 - x) / b;
    }

    /** Lentz's evaluation of the continued fraction. */
    private static double fraction(double a, double b, double x) {
        double c = 1;
        double d = 1 / awayFromZero(1 - (a + b) * x / (a + 1));
        double value = d;
        for (int m = 1; m < MOST_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / awayFromZero(1 + even * d);
            c = awayFromZero(1 + even / c);
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / awayFromZero(1 + odd * d);
            c = awayFromZero(1 + odd / c);
            value *= d * c;
            if (Math.abs(d * c - 1) < ENOUGH) {
                break;
            }
        }
        return value;
    }

    private static double awayFromZero(double x) {
        return Math.abs(x) < TINY ? TINY : x;
    }

    /** log Γ(x), x &gt; 0: Stirling's series after shifting x above 10. */
    static double logGamma(double x) {
        double shift = 0;
        double z = x;
        while (z < 10) {
            shift += Math.log(z);
            z++;
        }
        double inverse = 1 / (z * z);
        double series =
                1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)));
        return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series / z - shift;
    }
}
