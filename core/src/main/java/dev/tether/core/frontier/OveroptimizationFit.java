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
 * reference, to 0; here it is fitted too. Linear in R₀, α and β, so least squares has one answer.
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
    private static final int ALPHA = 1;
    private static final int BETA = 2;

    /** The paper's two curves. */
    public enum Form {
        /** R₀ + d(α − β log d): the paper's for reinforcement learning. */
        LOGARITHMIC(Math::log),
        /** R₀ + d(α − β d): the paper's for best of n. */
        LINEAR(d -> d);

        private final DoubleUnaryOperator cost;

        Form(DoubleUnaryOperator cost) {
            this.cost = cost;
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
        double[] d = Arrays.stream(nats).map(kl -> Math.sqrt(Math.max(0, kl))).toArray();
        double[] cost = Arrays.stream(d).map(x -> -form.costAt(x)).toArray();
        LeastSquares fit = LeastSquares.fit(new double[][] {ones, d, cost}, gold);
        return new OveroptimizationFit(
                form,
                fit.coefficient(0),
                fit.coefficient(ALPHA),
                fit.coefficient(BETA),
                fit.interval(ALPHA, LEVEL),
                fit.interval(BETA, LEVEL),
                fit.rSquared(),
                fit.squares(),
                nats.length,
                peak(fit, form));
    }

    private static Optional<Peak> peak(LeastSquares fit, Form form) {
        double alpha = fit.coefficient(ALPHA);
        double beta = fit.coefficient(BETA);
        boolean turns = fit.interval(BETA, LEVEL).low() > 0 && (form == Form.LOGARITHMIC || alpha > 0);
        if (!turns) {
            return Optional.empty();
        }
        double ratio = alpha / beta;
        // of a ratio, to first order
        double variance = (fit.covariance(ALPHA, ALPHA)
                        - 2 * ratio * fit.covariance(ALPHA, BETA)
                        + ratio * ratio * fit.covariance(BETA, BETA))
                / (beta * beta);
        double half = StudentT.quantile((1 + LEVEL) / 2, fit.degrees()) * Math.sqrt(variance);
        double top = distance(form, ratio);
        double gold = fit.coefficient(0) + alpha * top - beta * form.costAt(top);
        Interval interval = new Interval(nats(form, ratio - half), nats(form, ratio + half), LEVEL);
        return Optional.of(new Peak(top * top, interval, gold));
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
