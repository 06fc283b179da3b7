package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.brief;
import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Numbers.signedPercent;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.control.KlTarget;
import dev.tether.core.simulate.StepResponse;
import dev.tether.core.simulate.Trajectory;
import dev.tether.run.AtomicFiles;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.ChartStyle;
import dev.tether.run.chart.Series;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How controllers would have steered a run, as one HTML page: KL against the target and β over steps, and how fast, how
 * far and how steadily each came there.
 *
 * @param title what was simulated
 * @param facts of the simulation, such as the log and the fitted response
 * @param target that was to be held
 * @param controllers at least one
 * @param recorded the run that was really made, where there is one
 */
public record SimulationPage(
        String title, List<String> facts, KlTarget target, List<Steered> controllers, Optional<Recorded> recorded) {
    /** Colour of what was recorded, which is no controller of the simulation. */
    private static final int RECORDED_COLOUR = ChartStyle.COLOURS - 1;

    /**
     * One controller's simulated run. Its steps are called 1, 2, …, as those of a training run are.
     *
     * @param name of the law
     * @param run KL in the unit of the target, and β, by step
     * @param response how well it held; steps counted from 0, negative = never
     */
    public record Steered(String name, Trajectory run, StepResponse response) {
        private double[] steps() {
            return IntStream.rangeClosed(1, run.steps()).asDoubleStream().toArray();
        }
    }

    /**
     * What a log says.
     *
     * @param name of the log
     * @param steps numbers of the steps, ascending
     * @param nats KL of each step, in the unit of the target
     * @param klCoefs β in force at each step; empty where the log does not say
     */
    public record Recorded(String name, double[] steps, double[] nats, double[] klCoefs) {}

    public SimulationPage {
        facts = List.copyOf(facts);
        controllers = List.copyOf(controllers);
        if (controllers.isEmpty()) {
            throw new IllegalArgumentException("controllers = [], must have at least one");
        }
    }

    /** One file that needs nothing else. */
    public String html() {
        StringBuilder out = new StringBuilder();
        out.append("<header>\n<h1><span class=\"name\">").append(escape(title)).append("</span></h1>\n");
        sentences().forEach(s -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(s))));
        HtmlPage.facts(out, facts);
        out.append("</header>\n<section><h2>Over steps</h2>\n");
        HtmlPage.charts(out, List.of(kl(), beta()));
        out.append("</section>\n");
        table(out);
        return HtmlPage.of(
                title,
                out,
                "Rise: first step at 90 % of the target. Overshoot: greatest KL above it. Settled: first step from which KL"
                        + " stays within ±20 %. A simulation knows of a run only what its response model does.");
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    private List<String> sentences() {
        Steered nearest = controllers.get(0);
        for (Steered controller : controllers) {
            nearest = Math.abs(off(controller)) < Math.abs(off(nearest)) ? controller : nearest;
        }
        String which = controllers.size() == 1 ? "" : ", the nearest of " + controllers.size();
        return List.of("Over its last third " + nearest.name() + " held "
                + rough(nearest.response().lastThirdMean()) + " "
                + target.unit().label() + " against the target "
                + rough(target.nats()) + " (" + signedPercent(off(nearest)) + ")" + which + ".");
    }

    private double off(Steered controller) {
        return controller.response().lastThirdError();
    }

    private Chart kl() {
        List<Series> series = new ArrayList<>();
        recorded.ifPresent(r -> series.add(
                Series.line(r.name(), RECORDED_COLOUR, r.steps(), r.nats()).with(Series.Look.DASHED)));
        for (int i = 0; i < controllers.size(); i++) {
            Steered c = controllers.get(i);
            series.add(Series.line(c.name(), i, c.steps(), c.run().nats()));
        }
        return Chart.of("KL against the target", "step", target.unit().label().replace("/", " per "), series)
                .with(new Chart.Guide("target " + brief(target.nats()), target.nats()));
    }

    private Chart beta() {
        List<Series> series = new ArrayList<>();
        recorded.filter(r -> r.klCoefs().length > 0)
                .ifPresent(r -> series.add(Series.line(r.name(), RECORDED_COLOUR, r.steps(), r.klCoefs())
                        .with(Series.Look.DASHED)));
        for (int i = 0; i < controllers.size(); i++) {
            Steered c = controllers.get(i);
            series.add(Series.line(c.name(), i, c.steps(), c.run().klCoefs()));
        }
        return Chart.of("KL coefficient β", "step", "score per nat", series).with(Chart.Heights.RATIOS_WHERE_WIDE);
    }

    private void table(StringBuilder out) {
        out.append("<section><h2>How the target was held</h2>\n<div class=\"wide\"><table class=\"steps\">"
                + "<thead><tr><th class=\"text\">controller</th><th>rise</th><th>overshoot</th><th>settled</th>"
                + "<th>last third</th><th>off target</th><th>at a bound</th><th>last β</th></tr></thead><tbody>\n");
        for (int i = 0; i < controllers.size(); i++) {
            Steered c = controllers.get(i);
            StepResponse r = c.response();
            double[] klCoefs = c.run().klCoefs();
            out.append(("<tr><th class=\"text\"><i class=\"swatch c%d\"></i>%s</th><td>%s</td><td>%s</td><td>%s</td>"
                            + "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n")
                    .formatted(
                            i % ChartStyle.COLOURS,
                            escape(c.name()),
                            step(r.riseStep()),
                            r.overshoot() > 0 ? signedPercent(r.overshoot()) : "none",
                            step(r.settledStep()),
                            rough(r.lastThirdMean()),
                            signedPercent(off(c)),
                            rough(100 * r.atBoundShare()) + " %",
                            rough(klCoefs[klCoefs.length - 1])));
        }
        out.append("</tbody></table></div></section>\n");
    }

    private static String step(int step) {
        return step < 0 ? "never" : "step " + (step + 1);
    }
}
