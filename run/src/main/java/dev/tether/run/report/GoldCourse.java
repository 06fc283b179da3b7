package dev.tether.run.report;

import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The steps of a run that know KL, score and gold score.
 *
 * @param nats KL(policy ‖ reference), nats per sequence
 * @param scores mean scores
 * @param gold mean gold scores
 */
record GoldCourse(double[] nats, double[] scores, double[] gold) {

    /** Empty where no step has a gold score. */
    static Optional<GoldCourse> of(List<StepRecord> steps) {
        List<double[]> points = new ArrayList<>();
        for (StepRecord step : steps) {
            OptionalDouble nats =
                    step.referenceKl().map(ReferenceKl::natsPerSequence).orElse(OptionalDouble.empty());
            Optional<Double> score = step.score().map(Distribution::mean);
            Optional<Double> gold = step.goldScore().map(Distribution::mean);
            if (nats.isPresent() && score.isPresent() && gold.isPresent()) {
                points.add(new double[] {nats.getAsDouble(), score.get(), gold.get()});
            }
        }
        return points.isEmpty()
                ? Optional.empty()
                : Optional.of(new GoldCourse(column(points, 0), column(points, 1), column(points, 2)));
    }

    /** Gold cannot fall below 0, which neither form knows: a run is fitted until gold has lost so much of its best. */
    private static final double LEFT_OF_BEST = 0.25;

    private static final int SMOOTHED_OVER = 5;

    /** How many points, from the first on, lie before the moving mean of gold, after its top, is a quarter of it. */
    static int aboveTheFloor(double[] gold) {
        double best = Double.NEGATIVE_INFINITY;
        for (int end = SMOOTHED_OVER; end <= gold.length; end++) {
            double mean =
                    Arrays.stream(gold, end - SMOOTHED_OVER, end).average().orElseThrow();
            best = Math.max(best, mean);
            if (mean < LEFT_OF_BEST * best) {
                return end - 1;
            }
        }
        return gold.length;
    }

    /** The course until gold comes near its floor. */
    GoldCourse aboveTheFloor() {
        int points = aboveTheFloor(gold);
        return new GoldCourse(Arrays.copyOf(nats, points), Arrays.copyOf(scores, points), Arrays.copyOf(gold, points));
    }

    private static double[] column(List<double[]> points, int column) {
        return points.stream().mapToDouble(point -> point[column]).toArray();
    }

    OveroptimizationDesk desk() {
        return OveroptimizationDesk.of(nats, gold);
    }
}
