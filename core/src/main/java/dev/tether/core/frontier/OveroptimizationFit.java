package dev.tether.core.frontier;

import dev.tether.core.law.Require;
import dev.tether.core.stats.Interval;
import dev.tether.core.stats.LeastSquares;
import dev.tether.core.stats.StudentT;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * How a gold reward rises and falls with distance from the reference (Gao, Schulman and Hilton, "Scaling Laws for Reward
 * Model Overoptimization", 2022, equation 1): R = R₀ + d(α − β g(d)) with d = √KL. The paper sets R₀, the reward of the
 * reference, to 0; here it is fitted too, or given where it is known ({@link #from}). Linear in R₀, α and β, so least
 * squares has one answer.
 *
 * @param form which g
 * @param start R₀
 * @param alpha what the first bit of distance gains
 * @param beta what further distance costs
 * @param alphaInterval 95 %
 * @param betaInterval 95 %
 * @param rSquared share of the variance of the gold reward that it explains
 * @param squares Σ residual²
 * @param points that it was fitted to
 * @param peak where the curve turns; empty where β is not above 0 by more than its error, so that nothing shows a turn
 */
public record OveroptimizationFit(
        Form form,
        double start,
        double alpha,
        double beta,
        Interval alphaInterval,
        Interval betaInterval,
        double rSquared,
        double squares,
        int points,
        Optional<Peak> peak) {
    /** Fewer points than this are not fitted. */
    public static final int LEAST_POINTS = 8;

    private static final double LEVEL = 0.95;
    /** The paper's two curves. */
    public enum Form {
        /** R₀ + d(α − β log d): the paper's for reinforcement learning. */
        LOGARITHMIC("R₀ + d(α − β log d)", Math::log),
        /** R₀ + d(α − β d): the paper's for best of n. */
        LINEAR("R₀ + d(α − β d)", d -> d);

        private final String formula;
        private final DoubleUnaryOperator cost;

        Form(String formula, DoubleUnaryOperator cost) {
            this.formula = formula;
            this.cost = cost;
        }

        /** As people write it; d = √KL. */
        public String formula() {
            return formula;
        }

        private double costAt(double d) {
            return d == 0 ? 0 : d * cost.applyAsDouble(d);
        }
    }

    /**
     * The top of the curve.
     *
     * @param nats KL there, per sequence
     * @param natsInterval 95 %, by the delta method; its low end may be 0
     * @param gold reward there
     */
    public record Peak(double nats, Interval natsInterval, double gold) {}

    /**
     * Fits one curve.
     *
     * @param nats KL(policy ‖ reference) per sequence at each point, in the order of the run; below zero counts as 0
     * @param gold gold reward at the same points
     */
    public static OveroptimizationFit of(double[] nats, double[] gold, Form form) {
        Require.sameLength("gold", gold.length, "nats", nats.length);
        Require.atLeast("points", nats.length, LEAST_POINTS);
        double[] ones = new double[nats.length];
        Arrays.fill(ones, 1);
        double[][] columns = columns(nats, form);
        LeastSquares fit = LeastSquares.fit(new double[][] {ones, columns[0], columns[1]}, gold);
        return new Solved(form, fit, fit.coefficient(0), 1).with(nats.length);
    }

    /**
     * Fits one curve through a known beginning, as the paper does: two coefficients.
     *
     * @param start R₀, the gold reward of the reference
     */
    public static OveroptimizationFit from(double start, double[] nats, double[] gold, Form form) {
        Require.finite("start", start);
        Require.sameLength("gold", gold.length, "nats", nats.length);
        Require.atLeast("points", nats.length, LEAST_POINTS);
        double[] gained = Arrays.stream(gold).map(value -> value - start).toArray();
        return new Solved(form, LeastSquares.fit(columns(nats, form), gained), start, 0).with(nats.length);
    }

    /** What α and β are multiplied with. */
    private static double[][] columns(double[] nats, Form form) {
        double[] d = Arrays.stream(nats).map(kl -> Math.sqrt(Math.max(0, kl))).toArray();
        return new double[][] {d, Arrays.stream(d).map(x -> -form.costAt(x)).toArray()};
    }

    /** Least squares whose coefficients from {@code first} on are α and β. */
    private record Solved(Form form, LeastSquares fit, double start, int first) {
        OveroptimizationFit with(int points) {
            return new OveroptimizationFit(
                    form,
                    start,
                    alpha(),
                    beta(),
                    fit.interval(first, LEVEL),
                    fit.interval(first + 1, LEVEL),
                    fit.rSquared(),
                    fit.squares(),
                    points,
                    peak());
        }

        private double alpha() {
            return fit.coefficient(first);
        }

        private double beta() {
            return fit.coefficient(first + 1);
        }

        private Optional<Peak> peak() {
            boolean turns = fit.interval(first + 1, LEVEL).low() > 0 && (form == Form.LOGARITHMIC || alpha() > 0);
            if (!turns) {
                return Optional.empty();
            }
            double ratio = alpha() / beta();
            // of a ratio, to first order
            double variance = (fit.covariance(first, first)
                            - 2 * ratio * fit.covariance(first, first + 1)
                            + ratio * ratio * fit.covariance(first + 1, first + 1))
                    / (beta() * beta());
            double half = StudentT.quantile((1 + LEVEL) / 2, fit.degrees()) * Math.sqrt(variance);
            double top = distance(form, ratio);
            double gold = start + alpha() * top - beta() * form.costAt(top);
            Interval interval = new Interval(nats(form, ratio - half), nats(form, ratio + half), LEVEL);
            return Optional.of(new Peak(top * top, interval, gold));
        }
    }

    /** dR/dd = 0: α − β − β log d = 0, or α − 2β d = 0. */
    private static double distance(Form form, double ratio) {
        return form == Form.LOGARITHMIC ? Math.exp(ratio - 1) : Math.max(0, ratio / 2);
    }

    private static double nats(Form form, double ratio) {
        double d = distance(form, ratio);
        return d * d;
    }

    /** The curve at a KL, nats per sequence. */
    public double goldAt(double nats) {
        double d = Math.sqrt(Math.max(0, nats));
        return start + alpha * d - beta * form.costAt(d);
    }
}
