package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.core.frontier.OveroptimizationFit;
import dev.tether.core.stats.Interval;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Numbers;
import dev.tether.run.chart.Series;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Whether what is gained in score is still gained in truth: the section of a run that has a gold score. */
final class GoldSection {
    private static final int CURVE_POINTS = 80;
    private static final int SCORE = 1;
    private static final int GOLD = 2;
    private static final int CURVE = 0;

    private final GoldCourse course;
    private final OveroptimizationDesk desk;
    private final String heading;

    GoldSection(GoldCourse course, String heading) {
        this.course = course;
        this.desk = course.desk();
        this.heading = heading;
    }

    void appendTo(StringBuilder out) {
        out.append("<section><h2>Score against gold score</h2>\n").append(heading);
        out.append("<p class=\"verdict\">%s</p>\n<div class=\"ledger\">\n".formatted(escape(desk.sentence())));
        HtmlPage.charts(out, List.of(chart()));
        if (!desk.fits().isEmpty()) {
            fits(out);
        }
        out.append("</div></section>\n");
    }

    private Chart chart() {
        double[] d = Arrays.stream(course.nats())
                .map(nats -> Math.sqrt(Math.max(0, nats)))
                .toArray();
        List<Series> series = new ArrayList<>();
        series.add(Series.line("score", SCORE, d, course.scores()).with(Series.Look.DOTS));
        series.add(Series.line("gold score", GOLD, d, course.gold()).with(Series.Look.DOTS));
        double furthest = Arrays.stream(d).max().orElse(0);
        desk.fits().stream().limit(1).map(fit -> curve(fit, furthest)).forEach(series::add);
        return Chart.of("Score and gold score against √KL", "√KL, KL in nats per sequence", "mean score", series)
                .with(Chart.Widths.AMOUNTS);
    }

    private static Series curve(OveroptimizationFit fit, double furthest) {
        double[] d = IntStream.rangeClosed(0, CURVE_POINTS)
                .mapToDouble(i -> furthest * i / CURVE_POINTS)
                .toArray();
        return Series.line(
                "fitted", CURVE, d, Arrays.stream(d).map(x -> fit.goldAt(x * x)).toArray());
    }

    private void fits(StringBuilder out) {
        out.append(
                "<div class=\"wide\"><table class=\"steps\"><caption>the curves of Gao et al. 2022, d = √KL, the better"
                        + " first; each with its 95 % interval</caption><thead><tr><th class=\"text\">gold =</th><th>α</th>"
                        + "<th>β</th><th>R²</th><th>peak KL</th></tr></thead><tbody>\n");
        for (OveroptimizationFit fit : desk.fits()) {
            out.append("<tr><th class=\"text\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            fit.form().formula(),
                            withInterval(fit.alpha(), fit.alphaInterval()),
                            withInterval(fit.beta(), fit.betaInterval()),
                            Numbers.brief(fit.rSquared()),
                            fit.peak()
                                    .map(peak -> withInterval(peak.nats(), peak.natsInterval()))
                                    .orElse("shows no turn")));
        }
        out.append("</tbody></table></div>\n");
    }

    private static String withInterval(double value, Interval interval) {
        return "%s<br><span class=\"error\">%s to %s</span>"
                .formatted(rough(value), rough(interval.low()), rough(interval.high()));
    }
}
