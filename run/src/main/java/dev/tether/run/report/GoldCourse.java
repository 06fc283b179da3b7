package dev.tether.run.report;

import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
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

    private static double[] column(List<double[]> points, int column) {
        return points.stream().mapToDouble(point -> point[column]).toArray();
    }

    OveroptimizationDesk desk() {
        return OveroptimizationDesk.of(nats, gold);
    }
}
