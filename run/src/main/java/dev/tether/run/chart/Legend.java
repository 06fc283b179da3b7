package dev.tether.run.chart;

import static dev.tether.run.chart.Frame.n;

import java.util.ArrayList;
import java.util.List;

/** Names of the series beside strokes of their colours: to the right of the unit, or in rows below it. */
final class Legend {
    private static final double LETTER = 6.1;
    private static final int STROKE = 18;
    private static final int GAP = 34;
    private static final int ROW = 16;
    private static final int FIRST_BASELINE = 14;
    private static final int PLOT_TOP = 30;

    private final Chart chart;
    private final List<List<Series>> rows = new ArrayList<>();
    private final boolean besideUnit;

    Legend(Chart chart) {
        this.chart = chart;
        List<Series> named = needsNames(chart)
                ? chart.series().stream()
                        .filter(series -> !series.name().isEmpty())
                        .toList()
                : List.of();
        double room = Frame.WIDTH - LETTER * chart.yUnit().length() - GAP;
        this.besideUnit = named.stream().mapToDouble(Legend::width).sum() <= room;
        named.forEach(this::place);
    }

    /** Where the plot can begin. */
    int plotTop() {
        return PLOT_TOP + (besideUnit ? 0 : ROW * rows.size());
    }

    void appendTo(StringBuilder out) {
        out.append("<text class=\"name\" x=\"4\" y=\"%d\">%s</text>\n"
                .formatted(FIRST_BASELINE, Xml.escape(chart.yUnit())));
        for (int r = 0; r < rows.size(); r++) {
            double width = rows.get(r).stream().mapToDouble(Legend::width).sum();
            double x = besideUnit ? Frame.WIDTH - width : 4;
            double y = besideUnit ? FIRST_BASELINE : FIRST_BASELINE + ROW * (r + 1);
            for (Series series : rows.get(r)) {
                entry(out, series, x, y);
                x += width(series);
            }
        }
    }

    private void place(Series series) {
        double taken = rows.isEmpty()
                ? Double.POSITIVE_INFINITY
                : rows.get(rows.size() - 1).stream().mapToDouble(Legend::width).sum();
        if (taken + width(series) > Frame.WIDTH) {
            rows.add(new ArrayList<>());
        }
        rows.get(rows.size() - 1).add(series);
    }

    private static void entry(StringBuilder out, Series series, double x, double y) {
        String stroke = series.look() == Series.Look.DOTS
                ? "<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"3.2\"/>".formatted(n(x + STROKE / 2.0), n(y - 4))
                : "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>"
                        .formatted(line(series), n(x), n(x + STROKE), n(y - 4), n(y - 4));
        out.append("<g class=\"%s\">%s".formatted(ChartStyle.colour(series), stroke));
        out.append("<text class=\"name\" x=\"%s\" y=\"%s\">%s</text></g>\n"
                .formatted(n(x + STROKE + 5), n(y), Xml.escape(name(series))));
    }

    private static String line(Series series) {
        return series.look() == Series.Look.DASHED ? "line dashed" : "line";
    }

    private static boolean needsNames(Chart chart) {
        return chart.series().size() > 1 || chart.series().get(0).band().isPresent();
    }

    private static double width(Series series) {
        return LETTER * name(series).length() + GAP;
    }

    private static String name(Series series) {
        return series.name() + series.band().map(band -> " " + band.name()).orElse("");
    }
}
