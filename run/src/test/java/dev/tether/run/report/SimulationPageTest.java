package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.KlTarget;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.simulate.StepResponse;
import dev.tether.core.simulate.Trajectory;
import dev.tether.run.report.SimulationPage.Recorded;
import dev.tether.run.report.SimulationPage.Steered;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationPageTest {
    private static final KlTarget TARGET = new KlTarget(6, KlUnit.NATS_PER_SEQUENCE);
    private static final double[] STEPS =
            DoubleStream.iterate(1, s -> s + 1).limit(60).toArray();

    @TempDir
    Path folder;

    @Test
    void eachControllerHasARowAndTwoLines() {
        String html = page().html();

        assertThat(html)
                .contains(
                        "<figcaption>KL against the target</figcaption>",
                        "<figcaption>KL coefficient β</figcaption>",
                        ">target 6</text>",
                        "nats per sequence")
                .contains("</i>pi</th><td>step 14</td><td>+8.0 %</td><td>step 20</td><td>6.05</td><td>+0.8 %</td>"
                        + "<td>0 %</td><td>0.2</td></tr>")
                .contains("</i>thermostat</th><td>never</td><td>none</td><td>never</td><td>3</td><td>−50 %</td>"
                        + "<td>25 %</td>");
        assertThat(html.split("class=\"line c0\"", -1)).as("pi: KL and β").hasSize(3);
        assertThat(html.split("class=\"line dashed c7\"", -1))
                .as("recorded KL, no recorded β")
                .hasSize(2);
    }

    @Test
    void theSentenceNamesTheNearest() {
        assertThat(page().html())
                .contains("Over its last third pi held 6.05 nats/sequence against the target 6 (+0.8 %), the nearest of"
                        + " 2.");
    }

    @Test
    void thePageNeedsNothingFromOutside() {
        assertThat(page().html().replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "<script", " src=", "@import", "<link", "NaN");
    }

    @Test
    void namesCannotBecomeMarkup() {
        SimulationPage page = new SimulationPage(
                "<b>a", List.of("<i>fact"), TARGET, List.of(steered("<u>pi", s -> 6, 2)), Optional.empty());

        assertThat(page.html()).doesNotContain("<b>a", "<i>fact", "<u>pi").contains("&lt;u&gt;pi");
    }

    @Test
    void theFileIsWrittenWhole() {
        Path file = folder.resolve("simulation.html");

        page().write(file);

        assertThat(file).hasContent(page().html());
    }

    @Test
    void aSimulationWithoutControllersIsRefused() {
        assertThatThrownBy(() -> new SimulationPage("a", List.of(), TARGET, List.of(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("controllers = [], must have at least one");
    }

    static SimulationPage page() {
        double[] logged =
                DoubleStream.of(STEPS).map(s -> 9 * (1 - Math.exp(-s / 12))).toArray();
        return new SimulationPage(
                "runs/belt",
                List.of("response fitted to 60 steps", "error of a reading 8 %", "β from 0.1 within 0.001 to 10"),
                TARGET,
                List.of(
                        steered(
                                "pi",
                                s -> 6 * (1 - Math.exp(-s / 5)) + 1.5 * Math.exp(-Math.pow((s - 17) / 8, 2)),
                                6.05),
                        new Steered(
                                "thermostat",
                                trajectory(
                                        s -> 3 * (1 - Math.exp(-s / 9)),
                                        s -> Math.min(1, 0.1 * Math.pow(1.5, Math.floor(s / 4)))),
                                new StepResponse(-1, -0.5, -1, 3, -0.5, 0.25))),
                Optional.of(new Recorded("recorded", STEPS, logged, new double[0])));
    }

    private static Steered steered(String name, DoubleUnaryOperator nats, double lastThird) {
        Trajectory run = trajectory(nats, s -> Math.round(1e4 * (0.2 - 0.1 * Math.exp(-s / 4))) / 1e4);
        return new Steered(name, run, new StepResponse(13, 0.08, 19, lastThird, lastThird / 6 - 1, 0));
    }

    private static Trajectory trajectory(DoubleUnaryOperator nats, DoubleUnaryOperator klCoef) {
        double[] truth = DoubleStream.of(STEPS).map(nats).toArray();
        return new Trajectory(truth, truth, DoubleStream.of(STEPS).map(klCoef).toArray());
    }
}
