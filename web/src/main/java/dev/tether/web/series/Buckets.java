package dev.tether.web.series;

import dev.tether.web.follow.Figure;
import dev.tether.web.follow.Table;
import java.util.Arrays;

/**
 * One figure over a grid of steps. NaN where no step of a bucket knows the figure.
 *
 * @param mean over the steps of each bucket
 * @param min smallest of them
 * @param max largest of them
 */
public record Buckets(double[] mean, double[] min, double[] max) {

    /** Of the steps in {@code table} that fall onto the grid. */
    public static Buckets of(Table table, Figure figure, Grid grid) {
        double[] mean = filled(grid);
        double[] min = filled(grid);
        double[] max = filled(grid);
        int[] counts = new int[grid.length()];
        for (int row = table.firstRow(grid.firstStep()); row < table.size(); row++) {
            long bucket = grid.bucket(table.step(row));
            if (bucket >= grid.length()) {
                break;
            }
            double value = table.figure(figure, row);
            if (Double.isNaN(value)) {
                continue;
            }
            int b = (int) bucket;
            boolean first = counts[b]++ == 0;
            mean[b] = first ? value : mean[b] + (value - mean[b]) / counts[b];
            min[b] = first ? value : Math.min(min[b], value);
            max[b] = first ? value : Math.max(max[b], value);
        }
        return new Buckets(mean, min, max);
    }

    private static double[] filled(Grid grid) {
        double[] values = new double[grid.length()];
        Arrays.fill(values, Double.NaN);
        return values;
    }
}
