package dev.tether.core.frontier;

import static dev.tether.core.stats.Digits.percent;
import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.frontier.OveroptimizationFit.Form;
import dev.tether.core.frontier.OveroptimizationFit.Peak;
import dev.tether.core.law.Require;
import dev.tether.core.stats.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a run stands on its curve of gold reward against √KL, as far as its points can tell. It describes the points it
 * was given; a peak outside of them is not called one.
 *
 * @param standing for programs
 * @param sentence for people
 * @param fits the better first; empty where there are too few points, or KL does not move
 * @param explanation the numbers behind it
 */
public record OveroptimizationDesk(
        Standing standing, String sentence, List<OveroptimizationFit> fits, Explanation explanation) {
    /** Where the last point lies. */
    public enum Standing {
        /** Before the peak, beyond its error. */
        BEFORE_PEAK,
        /** Within the error of the peak. */
        AT_PEAK,
        /** After the peak, beyond its error: over-optimised. */
        PAST_PEAK,
        /** The points do not tell. */
        CANNOT_TELL
    }

    /** A fit that explains less than this of the variance is no description. */
    private static final double LEAST_R_SQUARED = 0.5;
    /** Twice the log likelihood by which one curve must be ahead of the other. */
    private static final double AHEAD = 4;

    public OveroptimizationDesk {
        fits = List.copyOf(fits);
    }

    /**
     * Of the points of a run, in its order.
     *
     * @param nats KL(policy ‖ reference), nats per sequence, finite
     * @param gold gold reward at the same points, finite
     */
    public static OveroptimizationDesk of(double[] nats, double[] gold) {
        Require.sameLength("gold", gold.length, "nats", nats.length);
        if (nats.length < OveroptimizationFit.LEAST_POINTS || isStill(nats)) {
            String sentence = "The data cannot tell whether the gold score has a peak: " + nats.length
                    + " points, at least " + OveroptimizationFit.LEAST_POINTS + " of different KL are needed.";
            return new OveroptimizationDesk(
                    Standing.CANNOT_TELL, sentence, List.of(), Explanation.of(nats.length, "points"));
        }
        OveroptimizationFit logarithmic = OveroptimizationFit.of(nats, gold, Form.LOGARITHMIC);
        OveroptimizationFit linear = OveroptimizationFit.of(nats, gold, Form.LINEAR);
        List<OveroptimizationFit> fits =
                logarithmic.squares() <= linear.squares() ? List.of(logarithmic, linear) : List.of(linear, logarithmic);
        return new Judgement(nats, fits).desk();
    }

    private static boolean isStill(double[] nats) {
        return Arrays.stream(nats).map(kl -> Math.max(0, kl)).distinct().count() < OveroptimizationFit.LEAST_POINTS;
    }

    private record Judgement(double[] nats, List<OveroptimizationFit> fits) {
        OveroptimizationDesk desk() {
            OveroptimizationFit best = fits.get(0);
            Standing standing = standing(best);
            if (!isAhead() && standing(fits.get(1)) != standing) {
                standing = Standing.CANNOT_TELL;
            }
            String sentence = best.peak().isPresent() && standing != Standing.CANNOT_TELL
                    ? told(standing, best, best.peak().get())
                    : untold(best);
            return new OveroptimizationDesk(standing, sentence, fits, explanation());
        }

        private double now() {
            return Math.max(0, nats[nats.length - 1]);
        }

        private double furthest() {
            return Arrays.stream(nats).max().orElseThrow();
        }

        private Standing standing(OveroptimizationFit fit) {
            Optional<Peak> peak = fit.peak().filter(p -> p.nats() <= furthest());
            if (peak.isEmpty() || fit.rSquared() < LEAST_R_SQUARED) {
                return Standing.CANNOT_TELL;
            }
            if (now() > peak.get().natsInterval().high()) {
                return Standing.PAST_PEAK;
            }
            return now() < peak.get().natsInterval().low() ? Standing.BEFORE_PEAK : Standing.AT_PEAK;
        }

        /** As normal errors have it: n log of the ratio of squared residuals. */
        private boolean isAhead() {
            double ratio = fits.get(1).squares() / fits.get(0).squares();
            return nats.length * Math.log(ratio) > AHEAD;
        }

        private String told(Standing standing, OveroptimizationFit fit, Peak peak) {
            String where = standing == Standing.PAST_PEAK
                    ? "is past the peak"
                    : standing == Standing.BEFORE_PEAK ? "has not come to the peak again" : "is at the peak";
            return "The run " + where + " of its gold score: at a KL of " + rough(now())
                    + " nats per sequence, the fitted peak lies at " + rough(peak.nats()) + " ("
                    + rough(peak.natsInterval().low()) + " to "
                    + rough(peak.natsInterval().high())
                    + "), where gold is " + rough(peak.gold()) + "; the curve explains " + percent(fit.rSquared())
                    + " of the variance.";
        }

        private String untold(OveroptimizationFit best) {
            String why;
            if (best.rSquared() < LEAST_R_SQUARED) {
                why = "the better of the two curves explains only " + percent(best.rSquared()) + " of the variance";
            } else if (best.peak().isEmpty()) {
                why = "nothing shows a turn yet";
            } else if (best.peak().get().nats() > furthest()) {
                why = "the better curve has its peak at "
                        + rough(best.peak().get().nats()) + " nats, further than the run has been";
            } else {
                why = "the two curves fit about equally well and disagree";
            }
            return "The data cannot tell where the gold score has its peak: " + why + ".";
        }

        private Explanation explanation() {
            Explanation[] parts = fits.stream().map(Judgement::explanation).toArray(Explanation[]::new);
            return Explanation.of(now(), "KL of the last point, nats per sequence", parts);
        }

        private static Explanation explanation(OveroptimizationFit fit) {
            return Explanation.of(
                    fit.rSquared(),
                    "R² of " + fit.form().formula() + " over " + fit.points() + " points, d = √KL",
                    Explanation.of(fit.start(), "R₀"),
                    Explanation.of(
                            fit.alpha(),
                            "α, 95 % " + rough(fit.alphaInterval().low()) + " to "
                                    + rough(fit.alphaInterval().high())),
                    Explanation.of(
                            fit.beta(),
                            "β, 95 % " + rough(fit.betaInterval().low()) + " to "
                                    + rough(fit.betaInterval().high())));
        }
    }
}
