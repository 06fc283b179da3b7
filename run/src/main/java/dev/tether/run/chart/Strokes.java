package dev.tether.run.chart;

import static dev.tether.run.chart.Frame.n;

import java.util.Locale;

/** Draws the series themselves: bands, lines, points and what a resting pointer is told. */
final class Strokes {
    private static final int STRETCHES = 150;
    private static final int MANY = 400;
    private static final int SMOOTHED_OVER = 50;

    private final Frame frame;
    private final String xName;
    private final StringBuilder out;

    Strokes(Frame frame, String xName, StringBuilder out) {
        this.frame = frame;
        this.xName = xName;
        this.out = out;
    }

    void band(Series series) {
        series.band().ifPresent(band -> {
            int[] upper = Thinning.keep(band.high(), STRETCHES);
            int[] lower = Thinning.keep(band.low(), STRETCHES);
            StringBuilder path = new StringBuilder("M");
            for (int i : upper) {
                path.append(frame.point(series.x()[i], band.high()[i]));
            }
            for (int k = lower.length - 1; k >= 0; k--) {
                path.append(frame.point(series.x()[lower[k]], band.low()[lower[k]]));
            }
            out.append("<path class=\"band %s\" d=\"%sZ\"/>\n"
                    .formatted(ChartStyle.colour(series), path.toString().trim()));
        });
    }

    /** The line; with very many points a pale one, and over it a moving mean. */
    void line(Series series) {
        if (series.look() == Series.Look.TRAIL) {
            path(series, series.y(), "line faint");
            dots(series);
        } else if (series.look() == Series.Look.DOTS) {
            dots(series);
        } else if (series.points() > MANY) {
            path(series, series.y(), "line pale");
            path(series, MovingMean.of(series.y(), series.points() / SMOOTHED_OVER), look(series));
        } else {
            path(series, series.y(), look(series));
        }
    }

    private static String look(Series series) {
        return series.look() == Series.Look.DASHED ? "line dashed" : "line";
    }

    private void path(Series series, double[] y, String kind) {
        StringBuilder path = new StringBuilder("M");
        for (int i : Thinning.keep(y, STRETCHES)) {
            path.append(frame.point(series.x()[i], y[i]));
        }
        out.append("<path class=\"%s %s\" d=\"%s\"/>\n"
                .formatted(kind, ChartStyle.colour(series), path.toString().trim()));
    }

    private void dots(Series series) {
        for (int i : Thinning.keep(series.y(), STRETCHES)) {
            double strength = series.look() == Series.Look.DOTS ? 1 : 0.25 + 0.75 * (i + 1) / series.points();
            out.append("<circle class=\"dot %s\" cx=\"%s\" cy=\"%s\" r=\"3.2\" opacity=\"%s\"/>\n"
                    .formatted(
                            ChartStyle.colour(series),
                            n(frame.x(series.x()[i])),
                            n(frame.y(series.y()[i])),
                            String.format(Locale.ROOT, "%.2f", strength)));
        }
    }

    /** What a pointer that rests on a point is told; not where points are too many to rest on. */
    void tips(Series series) {
        if (series.points() > MANY) {
            return;
        }
        for (int i = 0; i < series.points(); i++) {
            String text = "%s %s: %s%s%s"
                    .formatted(
                            xName,
                            Numbers.brief(series.x()[i]),
                            series.name().isEmpty() ? "" : series.name() + " ",
                            Numbers.brief(series.y()[i]),
                            error(series, i));
            out.append("<circle class=\"tip\" cx=\"%s\" cy=\"%s\" r=\"6\"><title>%s</title></circle>\n"
                    .formatted(n(frame.x(series.x()[i])), n(frame.y(series.y()[i])), Xml.escape(text)));
        }
    }

    private static String error(Series series, int point) {
        return series.band()
                .map(band -> band.isSymmetric()
                        ? " ± " + Numbers.brief(series.high(point) - series.y()[point])
                        : " (" + Numbers.brief(series.low(point)) + " to " + Numbers.brief(series.high(point)) + ")")
                .orElse("");
    }
}
