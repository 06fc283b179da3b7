package dev.tether.cli.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Median and range of a figure over steps. */
record Spread(double median, double min, double max) {
    /** Of at least one value. */
    static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Of a figure of each of at least one step. */
    static Spread of(List<BenchStep> steps, ToDoubleFunction<BenchStep> figure) {
        return of(steps.stream().mapToDouble(figure).toArray());
    }
}
