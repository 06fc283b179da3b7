package dev.tether.run.chart;

import static dev.tether.run.chart.Frame.n;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Names of the guides and last values of the series behind the right end, pushed apart where they would overlap. */
final class EndLabels {
    private static final int GAP = 13;
    private static final int BEFORE = 7;
    private static final int AFTER = 3;
    private static final double VALUE_LETTER = 6.9;
    private static final double NAME_LETTER = 5.7;

    private record Label(double value, String text, String kind, double width) {}

    private final Chart chart;
    private final List<Label> labels = new ArrayList<>();

    EndLabels(Chart chart) {
        this.chart = chart;
        for (Chart.Guide guide : chart.guides()) {
            labels.add(new Label(
                    guide.y(),
                    guide.name(),
                    "guide-name",
                    NAME_LETTER * guide.name().length()));
        }
        for (Series series : chart.series()) {
            if (isLabelled(series)) {
                double last = series.y()[series.points() - 1];
                String text = Numbers.brief(last);
                String kind = "value " + ChartStyle.colour(series);
                labels.add(new Label(last, text, kind, VALUE_LETTER * text.length()));
            }
        }
    }

    /** Units that the labels take from the right end of the plot on; 0 where there are none. */
    double room() {
        return labels.stream()
                .mapToDouble(label -> BEFORE + label.width() + AFTER)
                .max()
                .orElse(0);
    }

    void appendTo(StringBuilder out, Frame frame) {
        for (Series series : chart.series()) {
            if (isLabelled(series)) {
                int last = series.points() - 1;
                out.append("<circle class=\"dot %s\" cx=\"%s\" cy=\"%s\" r=\"3\"/>\n"
                        .formatted(
                                ChartStyle.colour(series), n(frame.x(series.x()[last])), n(frame.y(series.y()[last]))));
            }
        }
        labels.sort(Comparator.comparingDouble(label -> frame.y(label.value())));
        double[] wished =
                labels.stream().mapToDouble(label -> frame.y(label.value())).toArray();
        double[] ys = Spread.apart(wished, GAP, frame.top(), frame.bottom());
        for (int i = 0; i < ys.length; i++) {
            Label label = labels.get(i);
            out.append("<text class=\"%s\" x=\"%d\" y=\"%s\">%s</text>\n"
                    .formatted(label.kind(), frame.right() + BEFORE, n(ys[i] + 4), Xml.escape(label.text())));
        }
    }

    /** A line over steps ends in a value worth reading; other shapes do not end at the right. */
    private boolean isLabelled(Series series) {
        return chart.widths() == Chart.Widths.STEPS
                && (series.look() == Series.Look.SOLID || series.look() == Series.Look.DASHED);
    }
}
