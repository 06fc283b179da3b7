package dev.tether.core.stats;

import dev.tether.core.law.Require;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * Percentile bootstrap (Efron 1979) over independent draws, here whole sequences or prompts: resample them with
 * replacement, look at the figure each time, and cut the tails off. Pure: the same seed gives the same interval.
 *
 * @param level of the interval, in (0, 1)
 * @param resamples ≥ 100
 * @param seed of the resampling
 */
public record Bootstrap(double level, int resamples, long seed) {
    public Bootstrap {
        Require.that(level > 0 && level < 1, "level", level, "in (0, 1)");
        Require.atLeast("resamples", resamples, 100);
    }

    /** Interval of the mean of {@code values}. */
    public Interval ofMean(double[] values) {
        return of(values.length, drawn -> {
            double sum = 0;
            for (int i : drawn) {
                sum += values[i];
            }
            return sum / drawn.length;
        });
    }

    /** Interval of Σsums / Σcounts, sum and count being drawn together. */
    public Interval ofRatio(double[] sums, long[] counts) {
        Require.sameLength("counts", counts.length, "sums", sums.length);
        return of(sums.length, drawn -> {
            double sum = 0;
            double count = 0;
            for (int i : drawn) {
                sum += sums[i];
                count += counts[i];
            }
            return sum / count;
        });
    }

    /**
     * Interval of any figure of {@code draws} independent draws.
     *
     * @param figure from the indices of a resample, as many as there are draws; the array is reused
     */
    public Interval of(int draws, ToDoubleFunction<int[]> figure) {
        double[] figures = figures(draws, figure);
        Arrays.sort(figures);
        double tail = (1 - level) / 2;
        return new Interval(quantile(figures, tail), quantile(figures, 1 - tail), level);
    }

    /** The figure of every resample, in the order drawn. */
    public double[] figures(int draws, ToDoubleFunction<int[]> figure) {
        Require.atLeast("draws", draws, 1);
        SplitMix random = new SplitMix(seed);
        double[] figures = new double[resamples];
        int[] drawn = new int[draws];
        for (int r = 0; r < resamples; r++) {
            for (int i = 0; i < draws; i++) {
                drawn[i] = random.nextInt(draws);
            }
            figures[r] = figure.applyAsDouble(drawn);
        }
        return figures;
    }

    /** The value below which {@code share} of the sorted values lie, between neighbours in a straight line. */
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        double weight = place - below;
        return weight == 0 ? sorted[below] : sorted[below] * (1 - weight) + sorted[above] * weight;
    }
}
