package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.frontier.FormComparison;
import dev.tether.core.frontier.FormComparison.Fitted;
import dev.tether.core.frontier.OveroptimizationFit;
import dev.tether.core.stats.Interval;
import dev.tether.run.AtomicFiles;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The paper's figure, drawn from a study, with its fits in numbers.
 *
 * @param study what was measured
 * @param facts of the setting
 */
public record StudyPage(Study study, List<String> facts) {
    private static final String TITLE = "How far a learned reward can be pressed";
    private static final String ROOT_KL = "d = √KL, KL in nats per sequence";
    private static final int CURVE_POINTS = 60;
    /** The first step has a KL of 0, which ratios cannot show. */
    private static final double LEAST_NATS = 0.01;
    /** A proxy leaves the picture of gold, 0 to 1, by the top. */
    private static final double TOP = 1.25;

    public StudyPage {
        facts = List.copyOf(facts);
    }

    /** One file that needs nothing else. */
    public String html() {
        StringBuilder out = new StringBuilder();
        out.append("<header>\n<h1><span class=\"name\">").append(TITLE).append("</span></h1>\n");
        study.findings().forEach(finding -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(finding))));
        HtmlPage.facts(out, facts);
        out.append("</header>\n<section><h2>The paper's figure</h2>\n");
        out.append(
                "<p class=\"verdict\">Points: gold. Lines: the better of the two fits. Dashed: the learned reward, in"
                        + " gold's units (the same mean and spread over the reference's answers), as far as the picture goes.</p>\n");
        HtmlPage.charts(
                out,
                List.of(
                        paper("Reinforcement learning, no belt", study.with(StudyCurve::isFree)),
                        paper("Best of n", study.with(curve -> !curve.isRun()))));
        out.append("</section>\n");
        penalties(out);
        fits(out);
        ends(out);
        return HtmlPage.of(
                TITLE,
                out,
                "KL of a run is KL(policy ‖ reference), exact over the vocabulary at sampled prefixes; of the best of n it is"
                        + " the bound log n − (n − 1)/n, which ties keep it below (Beirami et al. 2024). The paper: Gao,"
                        + " Schulman and Hilton, Scaling Laws for Reward Model Overoptimization, 2022.");
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    private void penalties(StringBuilder out) {
        List<Chart> charts = study.with(StudyCurve::isHeld).stream()
                .map(StudyCurve::preferences)
                .distinct()
                .flatMap(preferences -> Stream.of(sweep(preferences), distance(preferences)))
                .toList();
        if (!charts.isEmpty()) {
            out.append("<section><h2>What a penalty changes</h2>\n");
            HtmlPage.charts(out, charts);
            out.append("</section>\n");
        }
    }

    private Chart distance(int preferences) {
        List<StudyCurve> runs = study.with(curve -> curve.preferences() == preferences && curve.isRun());
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            double[] nats = runs.get(i).nats();
            series.add(Series.line(
                    runs.get(i).name(),
                    i,
                    IntStream.rangeClosed(1, nats.length).asDoubleStream().toArray(),
                    Arrays.stream(nats).map(kl -> Math.max(kl, LEAST_NATS)).toArray()));
        }
        return Chart.of("How far each went, " + preferences + " preferences", "step", "KL, nats per sequence", series)
                .with(Chart.Heights.RATIOS_WHERE_WIDE);
    }

    private Chart paper(String title, List<StudyCurve> curves) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            StudyCurve curve = curves.get(i);
            double[] d = roots(curve, curve.fitted());
            series.add(
                    Series.line(curve.preferences() + " preferences", i, d, Arrays.copyOf(curve.gold(), curve.fitted()))
                            .with(Series.Look.DOTS));
            if (curve.forms().isPresent()) {
                series.add(line(curve.forms().get().better().fit(), curve.furthestFitted(), i));
            }
            series.add(proxy(curve, d, i));
        }
        return Chart.of(title, ROOT_KL, "mean gold", series).with(Chart.Widths.AMOUNTS);
    }

    private static double[] roots(StudyCurve curve, int count) {
        return Arrays.stream(curve.nats(), 0, count)
                .map(nats -> Math.sqrt(Math.max(0, nats)))
                .toArray();
    }

    private static Series line(OveroptimizationFit fit, double furthest, int colour) {
        double[] d = IntStream.rangeClosed(0, CURVE_POINTS)
                .mapToDouble(i -> Math.sqrt(furthest) * i / CURVE_POINTS)
                .toArray();
        return Series.line(
                "", colour, d, Arrays.stream(d).map(x -> fit.goldAt(x * x)).toArray());
    }

    private Series proxy(StudyCurve curve, double[] d, int colour) {
        int[] order = IntStream.range(0, d.length)
                .boxed()
                .sorted((a, b) -> Double.compare(d[a], d[b]))
                .mapToInt(Integer::intValue)
                .filter(i -> study.inGold(curve.preferences(), curve.proxy()[i]) <= TOP)
                .toArray();
        return Series.line(
                        "",
                        colour,
                        Arrays.stream(order).mapToDouble(i -> d[i]).toArray(),
                        Arrays.stream(order)
                                .mapToDouble(i -> study.inGold(curve.preferences(), curve.proxy()[i]))
                                .toArray())
                .with(Series.Look.DASHED);
    }

    /** Every run of one reward, as far as the run without a belt was fitted, and the best of n. */
    private Chart sweep(int preferences) {
        List<StudyCurve> curves = study.with(curve -> curve.preferences() == preferences);
        double furthest = curves.stream()
                .filter(StudyCurve::isFree)
                .mapToDouble(StudyCurve::furthestFitted)
                .max()
                .orElse(Double.POSITIVE_INFINITY);
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < curves.size(); i++) {
            StudyCurve curve = curves.get(i);
            int[] near = IntStream.range(0, curve.nats().length)
                    .filter(k -> curve.nats()[k] <= furthest)
                    .toArray();
            double[] d = roots(curve, curve.nats().length);
            Series each = Series.line(
                    curve.name(),
                    i,
                    Arrays.stream(near).mapToDouble(k -> d[k]).toArray(),
                    Arrays.stream(near).mapToDouble(k -> curve.gold()[k]).toArray());
            series.add(curve.isRun() ? each.with(Series.Look.DOTS) : each);
        }
        return Chart.of("Gold, " + preferences + " preferences", ROOT_KL, "mean gold", series)
                .with(Chart.Widths.AMOUNTS);
    }

    private void fits(StringBuilder out) {
        out.append(
                        "<section><h2>The fits</h2>\n<div class=\"wide\"><table class=\"steps\"><caption>R = R₀ + d(α − β g(d)),")
                .append(" R₀ = ")
                .append(rough(study.referenceGold()))
                .append(
                        " the gold of the reference; 95 % intervals and \"ahead\" by resampling, of stretches of five steps or")
                .append(
                        " of prompts</caption><thead><tr><th class=\"text\">pressed by</th><th>preferences</th><th>points</th>")
                .append(
                        "<th>KL to</th><th>α, g = log d</th><th>β</th><th>R²</th><th>α, g = d</th><th>β</th><th>R²</th>")
                .append("<th>log ahead</th><th class=\"text\">better</th></tr></thead><tbody>\n");
        for (StudyCurve curve : study.curves()) {
            out.append("<tr><th class=\"text\">%s</th><td>%d</td><td>%d</td><td>%s</td>"
                    .formatted(
                            escape(curve.name()), curve.preferences(), curve.fitted(), rough(curve.furthestFitted())));
            out.append(curve.forms().map(StudyPage::cells).orElse("<td colspan=\"8\">too few points</td>"));
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div></section>\n");
    }

    private static String cells(FormComparison forms) {
        return cells(forms.logarithmic())
                + cells(forms.linear())
                + "<td>%d %%</td><td class=\"text\">%s</td>"
                        .formatted(
                                Math.round(100 * forms.logarithmicAhead()),
                                switch (forms.answer()) {
                                    case LOGARITHMIC -> "log d";
                                    case LINEAR -> "d";
                                    case CANNOT_TELL -> "cannot tell";
                                });
    }

    private static String cells(Fitted fitted) {
        return "<td>%s</td><td>%s</td><td>%s</td>"
                .formatted(
                        withInterval(fitted.fit().alpha(), fitted.alpha()),
                        withInterval(fitted.fit().beta(), fitted.beta()),
                        String.format(Locale.ROOT, "%.3f", fitted.fit().rSquared()));
    }

    private static String withInterval(double value, Interval interval) {
        return "%s<br><span class=\"error\">%s to %s</span>"
                .formatted(rough(value), rough(interval.low()), rough(interval.high()));
    }

    private void ends(StringBuilder out) {
        out.append(
                        "<section><h2>Where each came to an end</h2>\n<div class=\"wide\"><table class=\"steps\"><caption>the last")
                .append(" five steps of a run, the greatest n</caption><thead><tr><th class=\"text\">pressed by</th>")
                .append("<th>preferences</th><th>KL</th><th>learned reward</th><th>gold</th></tr></thead><tbody>\n");
        for (StudyCurve curve : study.curves()) {
            int last = curve.isRun() ? Math.min(5, curve.nats().length) : 1;
            out.append("<tr><th class=\"text\">%s</th><td>%d</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            escape(curve.name()),
                            curve.preferences(),
                            rough(end(curve.nats(), last)),
                            rough(end(curve.proxy(), last)),
                            rough(end(curve.gold(), last))));
        }
        out.append("</tbody></table></div></section>\n");
    }

    private static double end(double[] values, int last) {
        return Arrays.stream(values, values.length - last, values.length)
                .average()
                .orElseThrow();
    }
}
