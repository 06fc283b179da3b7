package dev.tether.cli.plan;

import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.FrontierPoint;
import dev.tether.core.frontier.KlFrontier;
import dev.tether.core.stats.Bootstrap;
import dev.tether.run.InputException;
import dev.tether.run.report.PlanPage;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a belt of each price would come to.
 *
 * @param samples of the reference
 * @param prompts that were answered
 * @param fewestSamples of any prompt
 * @param points one per β, dearest first
 * @param seenNats KL up to which these samples tell
 * @param bestOfN the line of choosing the best of n
 * @param suggestions a β per wished KL, with what it would reach
 */
record Plan(
        ScoredSamples samples,
        int prompts,
        int fewestSamples,
        List<FrontierPoint> points,
        double seenNats,
        List<BestOfN> bestOfN,
        List<Suggestion> suggestions) {
    /** Half the samples may choose among each other; beyond, one lucky sample makes the line. */
    private static final int LEAST_CHOICES = 2;

    private static final int POINTS = 12;
    private static final double LEAST_NATS = 0.05;
    /** How far below the cheapest trustworthy β the grid goes on, to show where it ends. */
    private static final double BEYOND = 2;

    /**
     * A wish and its price.
     *
     * @param nats wished KL, per sequence
     * @param point what the β for it reaches; empty where these samples cannot tell
     * @param atLeast what β exceeds even so; empty where nothing is known
     */
    record Suggestion(double nats, Optional<FrontierPoint> point, OptionalDouble atLeast) {
        OptionalDouble klCoef() {
            return point.map(p -> OptionalDouble.of(p.klCoef())).orElse(OptionalDouble.empty());
        }

        PlanPage.Suggestion forPage() {
            return new PlanPage.Suggestion(nats, klCoef());
        }
    }

    Plan {
        points = List.copyOf(points);
        bestOfN = List.copyOf(bestOfN);
        suggestions = List.copyOf(suggestions);
    }

    /** {@code klCoefs}: the grid; empty = one that fits. */
    static Plan of(ScoredSamples samples, List<Double> klCoefs, List<Double> targets, Bootstrap bootstrap) {
        double[][] scores = samples.scores();
        requireSpread(scores);
        KlFrontier frontier = frontier(scores, bootstrap);
        OptionalDouble cheapest = frontier.cheapestSeen();
        double[] grid = klCoefs.isEmpty()
                ? grid(frontier, cheapest)
                : klCoefs.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        List<FrontierPoint> points = new ArrayList<>();
        for (int i = grid.length - 1; i >= 0; i--) {
            points.add(frontier.at(grid[i]));
        }
        int fewest =
                Arrays.stream(scores).mapToInt(prompt -> prompt.length).min().orElseThrow();
        List<BestOfN> bestOfN = new ArrayList<>();
        for (int n = 1; n <= fewest / LEAST_CHOICES; n *= 2) {
            bestOfN.add(frontier.bestOf(n));
        }
        return new Plan(
                samples,
                scores.length,
                fewest,
                points,
                cheapest.isPresent() ? frontier.at(cheapest.getAsDouble()).nats() : 0,
                bestOfN,
                targets.stream().map(nats -> suggestion(frontier, nats)).toList());
    }

    private static Suggestion suggestion(KlFrontier frontier, double nats) {
        OptionalDouble klCoef = frontier.klCoefFor(nats);
        Optional<FrontierPoint> point =
                klCoef.isPresent() ? Optional.of(frontier.at(klCoef.getAsDouble())) : Optional.empty();
        return new Suggestion(nats, point, frontier.klCoefAtLeast(nats));
    }

    private static KlFrontier frontier(double[][] scores, Bootstrap bootstrap) {
        try {
            return KlFrontier.of(scores, bootstrap);
        } catch (IllegalArgumentException e) {
            throw new InputException("these samples make no plan: " + e.getMessage(), e);
        }
    }

    private static void requireSpread(double[][] scores) {
        boolean constant = Arrays.stream(scores)
                .allMatch(prompt -> Arrays.stream(prompt).distinct().count() == 1);
        if (constant) {
            throw new InputException(
                    "every sample of a prompt has the same score: there is nothing that a policy could "
                            + "gain, whatever beta is");
        }
    }

    /** From where KL begins to a little beyond where the samples end, in equal ratios. */
    private static double[] grid(KlFrontier frontier, OptionalDouble cheapestSeen) {
        double dearest = frontier.klCoefFor(LEAST_NATS).orElse(1);
        double cheapest = cheapestSeen.orElse(dearest) / BEYOND;
        double[] grid = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            grid[i] = twoDigits(cheapest * Math.pow(dearest / cheapest, (double) i / (POINTS - 1)));
        }
        return Arrays.stream(grid).distinct().toArray();
    }

    private static double twoDigits(double value) {
        return new BigDecimal(value).round(new MathContext(2)).doubleValue();
    }
}
