package dev.tether.core.stats;

import dev.tether.core.law.Require;

/**
 * Linear least squares, y ≈ Σ c_i x_i, with the uncertainty of its coefficients. Residuals that remember each other widen
 * it: by (1 + ρ)/(1 − ρ) in variance for their lag-1 autocorrelation ρ, in the order in which the points are given.
 */
public final class LeastSquares {
    private static final double MOST_CORRELATION = 0.9;
    private static final double SINGULAR = 1e-12;

    private final double[] coefficients;
    private final double[][] covariance;
    private final double squares;
    private final double rSquared;
    private final double degrees;

    private LeastSquares(double[] coefficients, double[][] inverse, Residuals left, double rSquared) {
        double worth = (1 - left.correlation()) / (1 + left.correlation());
        int free = left.values().length - coefficients.length;
        double variance = left.squares() / free / worth;
        this.coefficients = coefficients;
        this.covariance = new double[inverse.length][inverse.length];
        for (int i = 0; i < inverse.length; i++) {
            for (int j = 0; j < inverse.length; j++) {
                covariance[i][j] = variance * inverse[i][j];
            }
        }
        this.squares = left.squares();
        this.rSquared = rSquared;
        this.degrees = Math.max(1, worth * left.values().length - coefficients.length);
    }

    private record Residuals(double[] values, double squares, double correlation) {}

    /**
     * Fits.
     *
     * @param columns [C][N], independent of each other; one of ones for an intercept
     * @param y [N], finite; N &gt; C
     * @throws IllegalArgumentException where the columns depend on each other
     */
    public static LeastSquares fit(double[][] columns, double[] y) {
        int c = columns.length;
        Require.atLeast("points", y.length, c + 1);
        double[][] inverse = inverse(products(columns));
        double[] coefficients = new double[c];
        for (int i = 0; i < c; i++) {
            for (int j = 0; j < c; j++) {
                coefficients[i] += inverse[i][j] * dot(columns[j], y);
            }
        }
        Residuals left = residuals(columns, coefficients, y);
        double total = RunningStats.of(y).m2();
        return new LeastSquares(coefficients, inverse, left, total == 0 ? 0 : 1 - left.squares() / total);
    }

    private static double[][] products(double[][] columns) {
        double[][] products = new double[columns.length][columns.length];
        for (int i = 0; i < columns.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                products[i][j] = dot(columns[i], columns[j]);
            }
        }
        return products;
    }

    private static double dot(double[] a, double[] b) {
        Require.sameLength("a column", a.length, "y", b.length);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static Residuals residuals(double[][] columns, double[] coefficients, double[] y) {
        double[] left = y.clone();
        double squares = 0;
        double products = 0;
        for (int n = 0; n < y.length; n++) {
            for (int i = 0; i < coefficients.length; i++) {
                left[n] -= coefficients[i] * columns[i][n];
            }
            squares += left[n] * left[n];
            products += n == 0 ? 0 : left[n] * left[n - 1];
        }
        double correlation = squares == 0 ? 0 : Math.min(MOST_CORRELATION, Math.max(0, products / squares));
        return new Residuals(left, squares, correlation);
    }

    /** Gauss and Jordan, with the largest pivot of the diagonal: the matrix is symmetric and positive. */
    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] left = new double[n][];
        double[][] right = new double[n][n];
        for (int i = 0; i < n; i++) {
            left[i] = matrix[i].clone();
            right[i][i] = 1;
        }
        for (int p = 0; p < n; p++) {
            double pivot = left[p][p];
            Require.that(
                    pivot > SINGULAR * matrix[p][p],
                    "columns",
                    n,
                    "independent of each other: one follows from the others");
            for (int j = 0; j < n; j++) {
                left[p][j] /= pivot;
                right[p][j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = i == p ? 0 : left[i][p];
                for (int j = 0; j < n; j++) {
                    left[i][j] -= factor * left[p][j];
                    right[i][j] -= factor * right[p][j];
                }
            }
        }
        return right;
    }

    public double coefficient(int i) {
        return coefficients[i];
    }

    public double covariance(int i, int j) {
        return covariance[i][j];
    }

    /** The coefficient's interval of that level. */
    public Interval interval(int i, double level) {
        double half = StudentT.quantile((1 + level) / 2, degrees) * Math.sqrt(covariance[i][i]);
        return new Interval(coefficients[i] - half, coefficients[i] + half, level);
    }

    /** Σ residual². */
    public double squares() {
        return squares;
    }

    /** Share of the variance of y that the fit explains. */
    public double rSquared() {
        return rSquared;
    }

    /** Degrees of freedom: of the independent points that the residuals are worth, less the coefficients; at least 1. */
    public double degrees() {
        return degrees;
    }
}
