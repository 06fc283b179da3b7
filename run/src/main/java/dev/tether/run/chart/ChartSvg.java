package dev.tether.run.chart;

import static dev.tether.run.chart.Frame.n;

import java.util.List;

/** Draws a {@link Chart} as an SVG element; colours come from {@link ChartStyle}. */
public final class ChartSvg {
    private static final int X_TICKS = 7;
    private static final int Y_TICKS = 5;
    private static final int LABEL_GAP = 13;
    private static final int FILE_GAP = 24;
    private static final int FILE_TITLE = 30;

    private final Chart chart;
    private final Legend legend;
    private final EndLabels labels;
    private final Frame frame;
    private final StringBuilder out = new StringBuilder();

    private ChartSvg(Chart chart) {
        if (chart.isEmpty()) {
            throw new IllegalArgumentException("chart \"" + chart.title() + "\" has no point to draw");
        }
        this.chart = chart;
        this.legend = new Legend(chart);
        this.labels = new EndLabels(chart);
        this.frame = Frame.of(chart, legend.plotTop(), labels.room());
    }

    /** An {@code <svg>} element that is as wide as its place allows. */
    public static String draw(Chart chart) {
        return new ChartSvg(chart).element("");
    }

    /** Charts beside each other with their titles above, as a file of its own; colours for light and dark included. */
    public static String file(List<Chart> charts) {
        StringBuilder file = new StringBuilder();
        int height = 0;
        for (int i = 0; i < charts.size(); i++) {
            ChartSvg chart = new ChartSvg(charts.get(i));
            int left = i * (Frame.WIDTH + FILE_GAP);
            file.append("<text class=\"title\" x=\"%d\" y=\"18\">%s</text>\n"
                    .formatted(left + 4, Xml.escape(charts.get(i).title())));
            file.append(chart.element("x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                    .formatted(left, FILE_TITLE, Frame.WIDTH, chart.frame.height())));
            height = Math.max(height, FILE_TITLE + chart.frame.height());
        }
        int width = charts.size() * (Frame.WIDTH + FILE_GAP) - FILE_GAP;
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 %d %d\">\n<style>\n%s</style>\n%s</svg>\n"
                .formatted(width, height, ChartStyle.css(), file);
    }

    private String element(String place) {
        String id = "plot-" + Integer.toHexString(chart.title().hashCode());
        String name = chart.title() + ", " + chart.yUnit() + ", by " + chart.xName();
        out.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" %sviewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                        .formatted(place, Frame.WIDTH, frame.height(), Xml.escape(name)));
        out.append("<clipPath id=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n"
                .formatted(id, Frame.LEFT, frame.top(), frame.right() - Frame.LEFT, Frame.PLOT_HEIGHT));
        chart.zones().forEach(this::zone);
        chart.reach().ifPresent(this::reach);
        grid();
        legend.appendTo(out);
        Strokes strokes = new Strokes(frame, chart.xName(), out);
        out.append("<g clip-path=\"url(#").append(id).append(")\">\n");
        chart.series().forEach(strokes::band);
        chart.series().forEach(strokes::line);
        chart.guides().forEach(this::guide);
        out.append("</g>\n");
        chart.zones().forEach(this::zoneName);
        chart.reach().ifPresent(this::reachName);
        labels.appendTo(out, frame);
        chart.series().forEach(strokes::tips);
        return out.append("</svg>\n").toString();
    }

    private void zone(Chart.Zone zone) {
        double top = Math.max(frame.top(), frame.y(zone.high()));
        double bottom = Math.min(frame.bottom(), frame.y(zone.low()));
        if (bottom > top) {
            out.append("<rect class=\"%s\" x=\"%d\" y=\"%s\" width=\"%d\" height=\"%s\"/>\n"
                    .formatted(
                            zone.tone() == Chart.Tone.HEALTHY ? "zone" : "beyond",
                            Frame.LEFT,
                            n(top),
                            frame.right() - Frame.LEFT,
                            n(bottom - top)));
        }
    }

    private void zoneName(Chart.Zone zone) {
        double top = Math.max(frame.top(), frame.y(zone.high()));
        double bottom = Math.min(frame.bottom(), frame.y(zone.low()));
        if (bottom - top > LABEL_GAP) {
            out.append("<text class=\"%s\" x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>\n"
                    .formatted(
                            zone.tone() == Chart.Tone.HEALTHY ? "zone-name" : "guide-name",
                            frame.right() - 5,
                            n(bottom - 5),
                            Xml.escape(zone.name())));
        }
    }

    private void reach(Chart.Reach reach) {
        double x = Math.max(Frame.LEFT, frame.x(reach.x()));
        if (x < frame.right()) {
            out.append("<rect class=\"beyond\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\"/>\n"
                    .formatted(n(x), frame.top(), n(frame.right() - x), Frame.PLOT_HEIGHT));
            out.append("<line class=\"guide\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>\n"
                    .formatted(n(x), n(x), frame.top(), frame.bottom()));
        }
    }

    /** On the side of its line that has more room. */
    private void reachName(Chart.Reach reach) {
        double x = Math.max(Frame.LEFT, frame.x(reach.x()));
        if (x < frame.right()) {
            boolean before = x - Frame.LEFT > frame.right() - x;
            out.append("<text class=\"guide-name\" x=\"%s\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
                    .formatted(
                            n(before ? x - 5 : x + 5),
                            frame.top() + LABEL_GAP,
                            before ? "end" : "start",
                            Xml.escape(reach.name())));
        }
    }

    private void grid() {
        for (double tick : frame.yAxis().ticks(Y_TICKS)) {
            double y = frame.y(tick);
            out.append("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
                    .formatted(Frame.LEFT, frame.right(), n(y), n(y)));
            out.append("<text class=\"tick\" x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>\n"
                    .formatted(Frame.LEFT - 7, n(y + 4), frame.yAxis().label(tick, Y_TICKS)));
        }
        int bottom = frame.bottom();
        out.append("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n"
                .formatted(Frame.LEFT, frame.right(), bottom, bottom));
        for (double tick : frame.xAxis().ticks(X_TICKS)) {
            String x = n(frame.x(tick));
            out.append("<line class=\"axis\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>"
                    .formatted(x, x, bottom, bottom + 4));
            out.append("<text class=\"tick\" x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                    .formatted(x, bottom + 17, frame.xAxis().label(tick, X_TICKS)));
        }
        out.append("<text class=\"name\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n"
                .formatted(frame.right(), frame.height() - 4, Xml.escape(chart.xName())));
    }

    private void guide(Chart.Guide guide) {
        String y = n(frame.y(guide.y()));
        out.append("<line class=\"guide\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>\n"
                .formatted(Frame.LEFT, frame.right(), y, y));
    }
}
