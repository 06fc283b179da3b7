package dev.tether.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Two commands, measured in turns: pair i is run i of both. */
record Comparison(List<Map<String, Double>> first, List<Map<String, Double>> second) {
    /** Median and range. */
    record Spread(double median, double min, double max) {
        static Spread of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }

        private String text() {
            return digits(median) + " (" + digits(min) + " .. " + digits(max) + ")";
        }

        private static String digits(double value) {
            return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3f", value);
        }
    }

    /** Of the first command, the second, and second / first pair by pair; of a figure that every run has. */
    List<Spread> of(String figure) {
        double[] a = values(first, figure);
        double[] b = values(second, figure);
        double[] ratios = new double[a.length];
        Arrays.setAll(ratios, i -> b[i] / a[i]);
        return List.of(Spread.of(a), Spread.of(b), Spread.of(ratios));
    }

    private static double[] values(List<Map<String, Double>> runs, String figure) {
        return runs.stream().mapToDouble(run -> run.get(figure)).toArray();
    }

    private boolean isKnown(String figure) {
        return first.stream().allMatch(run -> run.containsKey(figure))
                && second.stream().allMatch(run -> run.containsKey(figure));
    }

    /** The figures that all runs have, as a table. */
    String table(List<String> figures) {
        List<String> lines = new ArrayList<>();
        lines.add("medians of " + first.size() + " pairs (min .. max)");
        lines.add(row("", "A", "B", "B / A"));
        figures.stream().filter(this::isKnown).forEach(figure -> {
            List<Spread> spreads = of(figure);
            lines.add(row(
                    figure,
                    spreads.get(0).text(),
                    spreads.get(1).text(),
                    spreads.get(2).text()));
        });
        return String.join("\n", lines) + "\n";
    }

    private static String row(String name, String a, String b, String ratio) {
        return String.format(Locale.ROOT, "%-26s %-28s %-28s %s", name, a, b, ratio)
                .stripTrailing();
    }
}
