package dev.tether.cli.simulate;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.cli.console.Screen;
import dev.tether.cli.console.Signs;
import dev.tether.cli.console.TextPlot;
import dev.tether.core.simulate.ResponseFit;
import dev.tether.core.simulate.ResponseModel;
import dev.tether.core.simulate.StepResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A simulation, told in a terminal. */
final class SimulationText {
    private static final double SHOWN_TARGETS = 3;
    /** So many laws hide each other; the recorded run would only add to that. */
    private static final int CROWDED = 4;

    private static final String FORMAT = "%-12s %6s %10s %8s %11s %11s %9s %10s%n";

    private final Simulation simulation;
    private final Screen screen;
    private final Signs signs;

    SimulationText(Simulation simulation, Screen screen, Signs signs) {
        this.simulation = simulation;
        this.screen = screen;
        this.signs = signs;
    }

    String text() {
        StringBuilder out = new StringBuilder();
        facts(simulation).forEach(fact -> out.append(fact).append('\n'));
        out.append('\n').append(table()).append('\n');
        out.append("KL, ").append(unit()).append('\n').append(plot());
        return out.toString();
    }

    /** What is known before any controller steers, also for the page. */
    static List<String> facts(Simulation simulation) {
        RecordedKl log = simulation.log();
        String unit = simulation.target().unit().label();
        double[] klCoefs = log.klCoefs();
        List<String> facts = new ArrayList<>();
        facts.add("log: " + log.name() + ", " + log.rows().size() + " steps, KL of the last third "
                + rough(log.lastThirdMean()) + " " + unit + ", beta " + rough(klCoefs[0]) + " to "
                + rough(klCoefs[klCoefs.length - 1]));
        log.notes().forEach(note -> facts.add("     " + note));
        facts.add("response: " + response(simulation.fit()));
        facts.add("target: " + rough(simulation.target().nats()) + " " + unit + ", which beta = "
                + rough(simulation.fit().model().klCoefFor(simulation.target().nats())) + " would hold");
        facts.add("readings: with an error of "
                + rough(100 * simulation.readingError().share()) + " % ("
                + simulation.readingError().source() + ")");
        return facts.stream().map(String::strip).toList();
    }

    private static String response(ResponseFit fit) {
        ResponseModel model = fit.model();
        String exponent = fit.exponentSource() == ResponseFit.ExponentSource.FITTED
                ? "beta^-" + rough(model.exponent())
                : "beta^-" + rough(model.exponent()) + " (assumed: beta hardly moved)";
        return "beta = 0.1 pulls KL to " + rough(model.equilibriumNats()) + ", falling with " + exponent + "; "
                + rough(100 * model.rate()) + " % of the way per step, at most " + rough(model.speedLimit())
                + " nats; leaves " + rough(100 * fit.relativeError()) + " % of the mean reading unexplained";
    }

    private String table() {
        StringBuilder out = new StringBuilder(
                row("controller", "rise", "overshoot", "settled", "last third", "off target", "at bound", "last beta"));
        for (Simulation.Law law : simulation.laws()) {
            StepResponse held = law.response();
            double[] klCoefs = law.run().klCoefs();
            out.append(row(
                    law.name(),
                    step(held.riseStep()),
                    held.overshoot() > 0 ? percent("%+.0f %%", held.overshoot()) : "none",
                    step(held.settledStep()),
                    rough(held.lastThirdMean()),
                    percent("%+.1f %%", held.lastThirdError()),
                    percent("%.0f %%", held.atBoundShare()),
                    rough(klCoefs[klCoefs.length - 1])));
        }
        return out.toString();
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, FORMAT, cells);
    }

    private static String percent(String format, double share) {
        return String.format(Locale.ROOT, format, 100 * share);
    }

    private static String step(int step) {
        return step < 0 ? "never" : Integer.toString(step + 1);
    }

    private String plot() {
        double target = simulation.target().nats();
        TextPlot plot = new TextPlot(screen, signs, target, SHOWN_TARGETS * target);
        if (simulation.laws().size() < CROWDED) {
            plot.with("recorded", simulation.log().nats());
        }
        simulation.laws().forEach(law -> plot.with(law.name(), law.run().nats()));
        return plot.draw();
    }

    private String unit() {
        return simulation.target().unit().label();
    }
}
