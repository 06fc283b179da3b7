package dev.tether.core.frontier;

import dev.tether.core.frontier.OveroptimizationFit.Form;
import dev.tether.core.law.Require;
import dev.tether.core.stats.Bootstrap;
import dev.tether.core.stats.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Which of the two curves of {@link OveroptimizationFit} describes the same points better, and how sure that is: both are
 * fitted again to resamples of the points, which the caller draws, since only the caller knows what is independent in them
 * (prompts of a pool, stretches of a run). Both begin at the known gold of the reference, as in the paper, and have two
 * coefficients, so the smaller Σ residual² is the better fit.
 *
 * @param logarithmic R₀ + d(α − β log d)
 * @param linear R₀ + d(α − β d)
 * @param logarithmicAhead share of the resamples in which the logarithmic one fits better
 * @param answer which it is
 */
public record FormComparison(Fitted logarithmic, Fitted linear, double logarithmicAhead, Answer answer) {
    private static final double LEVEL = 0.95;
    /** A curve that explains less than this of the variance is no description. */
    private static final double LEAST_R_SQUARED = 0.5;

    /** What the points say. */
    public enum Answer {
        LOGARITHMIC,
        LINEAR,
        /** Neither is ahead in 95 % of the resamples, or the better one explains less than half of the variance. */
        CANNOT_TELL
    }

    /**
     * One curve.
     *
     * @param fit to the points themselves
     * @param alpha 95 % interval by the resamples
     * @param beta 95 % interval by the resamples
     */
    public record Fitted(OveroptimizationFit fit, Interval alpha, Interval beta) {}

    /**
     * What is fitted.
     *
     * @param start R₀, gold of the reference
     * @param nats KL(policy ‖ reference), nats per sequence
     * @param gold at the same points
     */
    public record Points(double start, double[] nats, double[] gold) {
        public Points {
            Require.sameLength("gold", gold.length, "nats", nats.length);
        }
    }

    /**
     * Compares.
     *
     * @param points at least {@link OveroptimizationFit#LEAST_POINTS}
     * @param resamples at least 100; one that repeats so few points that it cannot be fitted is left out
     */
    public static FormComparison of(Points points, List<Points> resamples) {
        Require.atLeast("resamples", resamples.size(), 100);
        List<OveroptimizationFit> logarithmic = new ArrayList<>();
        List<OveroptimizationFit> linear = new ArrayList<>();
        for (Points resample : resamples) {
            if (canBeFitted(resample)) {
                logarithmic.add(fit(resample, Form.LOGARITHMIC));
                linear.add(fit(resample, Form.LINEAR));
            }
        }
        Require.atLeast("resamples that can be fitted", logarithmic.size(), 100);
        int ahead = 0;
        for (int r = 0; r < logarithmic.size(); r++) {
            ahead += logarithmic.get(r).squares() < linear.get(r).squares() ? 1 : 0;
        }
        double share = (double) ahead / logarithmic.size();
        Fitted log = fitted(fit(points, Form.LOGARITHMIC), logarithmic);
        Fitted lin = fitted(fit(points, Form.LINEAR), linear);
        return new FormComparison(log, lin, share, answer(log.fit(), lin.fit(), share));
    }

    private static boolean canBeFitted(Points points) {
        return Arrays.stream(points.nats)
                        .map(nats -> Math.max(0, nats))
                        .distinct()
                        .count()
                >= 3;
    }

    private static OveroptimizationFit fit(Points points, Form form) {
        return OveroptimizationFit.from(points.start, points.nats, points.gold, form);
    }

    private static Answer answer(OveroptimizationFit logarithmic, OveroptimizationFit linear, double share) {
        if (Math.max(logarithmic.rSquared(), linear.rSquared()) < LEAST_R_SQUARED) {
            return Answer.CANNOT_TELL;
        }
        if (share >= LEVEL && logarithmic.squares() < linear.squares()) {
            return Answer.LOGARITHMIC;
        }
        return share <= 1 - LEVEL && linear.squares() < logarithmic.squares() ? Answer.LINEAR : Answer.CANNOT_TELL;
    }

    private static Fitted fitted(OveroptimizationFit fit, List<OveroptimizationFit> resampled) {
        return new Fitted(
                fit, interval(resampled, OveroptimizationFit::alpha), interval(resampled, OveroptimizationFit::beta));
    }

    private static Interval interval(List<OveroptimizationFit> fits, ToDoubleFunction<OveroptimizationFit> figure) {
        double[] sorted = fits.stream().mapToDouble(figure).sorted().toArray();
        double tail = (1 - LEVEL) / 2;
        return new Interval(Bootstrap.quantile(sorted, tail), Bootstrap.quantile(sorted, 1 - tail), LEVEL);
    }

    /** The better fit of the two. */
    public Fitted better() {
        return logarithmic.fit().squares() <= linear.fit().squares() ? logarithmic : linear;
    }
}
