package dev.tether.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextPlotTest {
    private static final Screen PLAIN = ScreenTest.screen();

    private static List<String> lines(TextPlot plot) {
        return plot.draw().lines().toList();
    }

    @Test
    void theGuideLiesOnARowLabelledWithItsValue() {
        List<String> lines = lines(new TextPlot(PLAIN, Signs.ASCII, 6, 18).with("pi", new double[] {0, 3, 7, 11.2}));
        assertThat(lines.stream().filter(line -> line.contains("----")))
                .first()
                .asString()
                .startsWith("       6 |");
    }

    @Test
    void aCurveRisesFromTheLowerLeftToTheUpperRight() {
        double[] ramp = IntStream.rangeClosed(0, 71).asDoubleStream().toArray();
        List<String> lines = lines(new TextPlot(PLAIN, Signs.ASCII, 71, 100).with("ramp", ramp));
        List<String> rows = lines.subList(0, 14);
        int before = 100;
        for (String row : rows) {
            int at = row.indexOf('*');
            if (at >= 0) {
                assertThat(at).isLessThan(before);
                before = at;
            }
        }
        assertThat(rows.get(13).charAt(10)).isEqualTo('*');
    }

    @Test
    void whatIsAboveTheCeilingIsDrawnAtTheEdge() {
        List<String> lines = lines(new TextPlot(PLAIN, Signs.ASCII, 1, 3).with("wild", new double[] {0, 0, 1000}));
        assertThat(lines.get(0)).contains("*").startsWith("    3");
    }

    @Test
    void everyCurveHasASignOfItsOwnAndALegend() {
        String plot = new TextPlot(PLAIN, Signs.ASCII, 1, 3)
                .with("first", new double[] {1, 1, 1})
                .with("second", new double[] {2, 2, 2})
                .draw();
        assertThat(plot).contains("* first", "o second", "step 3").matches("\\p{ASCII}*");
        assertThat(plot.lines().filter(line -> line.contains("oooo"))).hasSize(1);
    }

    @Test
    void coloursAreOnlyThereWhenTheScreenHasThem() {
        String plain = new TextPlot(PLAIN, Signs.UNICODE, 1, 3)
                .with("a", new double[] {1, 2})
                .draw();
        String coloured = new TextPlot(ScreenTest.screen("--color=always"), Signs.UNICODE, 1, 3)
                .with("a", new double[] {1, 2})
                .draw();
        assertThat(plain).doesNotContain("\u001b").contains("●");
        assertThat(coloured).contains("\u001b[38;5;");
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
    }
}
