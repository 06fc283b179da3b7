package dev.tether.run.report;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One figure over the steps that know it.
 *
 * @param steps numbers of the steps, ascending
 * @param values of the figure
 * @param errors standard error of each value; 0 where unknown
 */
record Course(double[] steps, double[] values, double[] errors) {

    static Course of(List<StepRecord> records, Function<StepRecord, OptionalDouble> figure) {
        return of(records, figure, step -> OptionalDouble.empty());
    }

    static Course of(
            List<StepRecord> records,
            Function<StepRecord, OptionalDouble> figure,
            Function<StepRecord, OptionalDouble> error) {
        List<StepRecord> known =
                records.stream().filter(r -> figure.apply(r).isPresent()).toList();
        return new Course(
                known.stream().mapToDouble(StepRecord::step).toArray(),
                known.stream().mapToDouble(r -> figure.apply(r).getAsDouble()).toArray(),
                known.stream().mapToDouble(r -> error.apply(r).orElse(0)).toArray());
    }

    /** Mean reference KL in {@code unit}, with its standard error. */
    static Course kl(List<StepRecord> records, KlUnit unit) {
        return unit == KlUnit.NATS_PER_TOKEN
                ? of(records, r -> kl(r, ReferenceKl::natsPerToken), r -> kl(r, ReferenceKl::seNatsPerToken))
                : of(records, r -> kl(r, ReferenceKl::natsPerSequence), r -> kl(r, ReferenceKl::seNatsPerSequence));
    }

    static Course maxKl(List<StepRecord> records) {
        return of(records, r -> kl(r, ReferenceKl::maxNatsPerToken));
    }

    /** Mean score, with the standard error of a mean over the responses of the step. */
    static Course score(List<StepRecord> records) {
        return mean(records, StepRecord::score);
    }

    /** Mean gold score, with its standard error likewise. */
    static Course gold(List<StepRecord> records) {
        return mean(records, StepRecord::goldScore);
    }

    private static Course mean(List<StepRecord> records, Function<StepRecord, Optional<Distribution>> scores) {
        return of(
                records,
                r -> scores.apply(r)
                        .map(Distribution::mean)
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                r -> error(r, scores.apply(r)));
    }

    private static OptionalDouble error(StepRecord step, Optional<Distribution> score) {
        if (score.isEmpty() || step.episodes().isEmpty() || step.step() < 1) {
            return OptionalDouble.empty();
        }
        double responses = (double) step.episodes().getAsLong() / step.step();
        return OptionalDouble.of(score.get().sd() / Math.sqrt(Math.max(1, responses)));
    }

    private static OptionalDouble kl(StepRecord step, Function<ReferenceKl, OptionalDouble> figure) {
        return step.referenceKl().map(figure).orElse(OptionalDouble.empty());
    }

    /** Without the values that a logarithm does not know. */
    Course positive() {
        int[] kept = IntStream.range(0, length()).filter(i -> values[i] > 0).toArray();
        return new Course(picked(steps, kept), picked(values, kept), picked(errors, kept));
    }

    private static double[] picked(double[] all, int[] kept) {
        return Arrays.stream(kept).mapToDouble(i -> all[i]).toArray();
    }

    boolean isEmpty() {
        return values.length == 0;
    }

    int length() {
        return values.length;
    }

    double last() {
        return values[values.length - 1];
    }

    /** How many steps at the beginning or the end stand for it: a tenth, but 3 to 20 where there are so many. */
    int edge() {
        return Math.min(Math.max(1, length() / 2), Math.max(3, Math.min(20, length() / 10)));
    }

    double meanOfFirst(int count) {
        return mean(0, count);
    }

    double meanOfLast(int count) {
        return mean(length() - count, length());
    }

    double mean(int from, int to) {
        return Arrays.stream(values, from, to).average().orElseThrow();
    }

    /** Standard error of {@link #mean}, the steps taken as independent. */
    double error(int from, int to) {
        double squares = 0;
        for (int i = from; i < to; i++) {
            squares += errors[i] * errors[i];
        }
        return Math.sqrt(squares) / (to - from);
    }

    double median() {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
