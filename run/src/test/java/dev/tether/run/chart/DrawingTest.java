package dev.tether.run.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class DrawingTest {
    private static final double[] STEPS = {1, 2, 3, 4};

    @Test
    void pointsLieWhereTheAxesSay() throws Exception {
        Document svg = parse(ChartSvg.draw(Chart.of(
                "KL", "step", "nats", List.of(Series.line("KL", 0, STEPS, new double[] {0, 2, 4, 8})))));

        String[] points =
                byClass(svg, "line c0").get(0).getAttribute("d").substring(1).split(" ");
        double zero = tickLine(svg, "0");
        double eight = tickLine(svg, "8");
        assertThat(points).hasSize(4);
        assertThat(y(points[0])).isEqualTo(zero);
        assertThat(y(points[3])).isEqualTo(eight);
        assertThat(y(points[2])).isEqualTo(tickLine(svg, "4"));
        assertThat(x(points[0])).isEqualTo(Frame.LEFT);
        assertThat(x(points[3])).isEqualTo(number(byClass(svg, "axis").get(0), "x2"));
        assertThat(eight).isLessThan(zero);
    }

    @Test
    void aTargetIsALineAtItsHeightWithItsName() throws Exception {
        Document svg = parse(ChartSvg.draw(Chart.of(
                        "KL", "step", "nats", List.of(Series.line("KL", 0, STEPS, new double[] {0, 2, 4, 5})))
                .with(new Chart.Guide("target 6", 6))));

        assertThat(number(byClass(svg, "guide").get(0), "y1")).isEqualTo(tickLine(svg, "6"));
        assertThat(byClass(svg, "guide-name").get(0).getTextContent()).isEqualTo("target 6");
    }

    @Test
    void theLegendNamesEachSeriesAndTheLastValueStandsAtTheEnd() throws Exception {
        Document svg = parse(ChartSvg.draw(Chart.of(
                "KL",
                "step",
                "nats",
                List.of(
                        Series.line("a < b", 0, STEPS, new double[] {1, 2, 3, 5.4321}),
                        Series.line("c", 1, STEPS, new double[] {1, 1, 1, 5.5})
                                .with(Series.Band.ofTwoErrors(
                                        new double[] {0, 0, 0, 5}, new double[] {2, 2, 2, 6}))))));

        assertThat(byClass(svg, "name"))
                .extracting(Element::getTextContent)
                .contains("a < b", "c ± 2 SE", "step", "nats");
        assertThat(byClass(svg, "value c0").get(0).getTextContent()).isEqualTo("5.432");
        double apart = number(byClass(svg, "value c0").get(0), "y")
                - number(byClass(svg, "value c1").get(0), "y");
        assertThat(apart).isGreaterThanOrEqualTo(13);
        assertThat(byClass(svg, "band c1")).hasSize(1);
    }

    @Test
    void aLongNameAtTheEndMakesRoomForItself() throws Exception {
        Chart chart = Chart.of("KL", "step", "nats", List.of(Series.line("KL", 0, STEPS, new double[] {0, 2, 4, 5})));
        String name = "hard limit 0.0625";

        Document svg = parse(ChartSvg.draw(chart.with(new Chart.Guide(name, 6))));

        double left = number(byClass(svg, "guide-name").get(0), "x");
        assertThat(left).isGreaterThan(number(byClass(svg, "axis").get(0), "x2"));
        assertThat(left + 5.7 * name.length()).isLessThanOrEqualTo(Frame.WIDTH);
    }

    @Test
    void stepsAreCountedInWholeNumbers() throws Exception {
        Document svg =
                parse(ChartSvg.draw(Chart.of("KL", "step", "nats", List.of(Series.line("KL", 0, STEPS, STEPS)))));

        assertThat(byClass(svg, "tick").stream()
                        .filter(tick -> tick.getAttribute("text-anchor").equals("middle"))
                        .map(Element::getTextContent))
                .containsExactly("1", "2", "3", "4");
    }

    @Test
    void whereTrustEndsThePlotIsShadedToItsRightEnd() throws Exception {
        Chart chart = Chart.of("KL", "KL", "score", List.of(Series.line("score", 0, STEPS, STEPS)))
                .with(Chart.Widths.AMOUNTS);

        Document svg = parse(ChartSvg.draw(chart.with(new Chart.Reach("seen so far", 3))));

        Element beyond = byClass(svg, "beyond").get(0);
        double line = number(byClass(svg, "guide").get(0), "x1");
        assertThat(number(beyond, "x")).isEqualTo(line);
        assertThat(number(beyond, "x") + number(beyond, "width"))
                .isEqualTo(number(byClass(svg, "axis").get(0), "x2"));
        assertThat(byClass(svg, "guide-name").get(0).getTextContent()).isEqualTo("seen so far");
        assertThat(byClass(parse(ChartSvg.draw(chart.with(new Chart.Reach("far", 30)))), "beyond"))
                .isEmpty();
    }

    @Test
    void factorsAlongTheBottomAreSpreadByRatio() {
        Chart chart = Chart.of("b", "β", "u", List.of(Series.line("x", 0, new double[] {0.01, 0.1, 1, 10}, STEPS)));

        Axis axis = AxisChoice.x(chart.with(Chart.Widths.RATIOS));

        assertThat(axis.at(0.1) - axis.at(0.01)).isCloseTo(axis.at(10) - axis.at(1), within(1e-12));
    }

    @Test
    void aBandOfItsOwnKindSaysWhatItCovers() throws Exception {
        Document svg = parse(ChartSvg.draw(Chart.of(
                "KL",
                "step",
                "nats",
                List.of(Series.line("KL", 0, STEPS, STEPS)
                        .with(new Series.Band("90 %", new double[] {0, 1, 2, 3}, new double[] {2, 3, 4, 9}))))));

        assertThat(byClass(svg, "name")).extracting(Element::getTextContent).contains("KL 90 %");
        assertThat(byClass(svg, "tip")).extracting(Element::getTextContent).contains("step 4: KL 4 (3 to 9)");
    }

    @Test
    void aLongLegendTakesRowsOfItsOwn() {
        List<Series> many = IntStream.range(0, 9)
                .mapToObj(i -> Series.line("a run with a long name " + i, i, STEPS, STEPS))
                .toList();

        assertThat(new Legend(Chart.of("t", "step", "nats", many)).plotTop())
                .isGreaterThan(new Legend(Chart.of("t", "step", "nats", many.subList(0, 2))).plotTop());
    }

    @Test
    void whatARestingPointerIsToldHasTheNumbers() throws Exception {
        Document svg = parse(ChartSvg.draw(Chart.of(
                "KL",
                "step",
                "nats",
                List.of(Series.line("KL", 0, STEPS, new double[] {1, 2, 3, 4})
                        .with(Series.Band.ofTwoErrors(new double[] {0, 1, 2, 3.5}, new double[] {2, 3, 4, 4.5}))))));

        assertThat(byClass(svg, "tip"))
                .extracting(Element::getTextContent)
                .contains("step 4: KL 4 ± 0.5")
                .hasSize(4);
    }

    @Test
    void aSinglePointAndAConstantCanBeDrawn() throws Exception {
        parse(ChartSvg.draw(
                Chart.of("a", "step", "u", List.of(Series.line("x", 0, new double[] {1}, new double[] {0})))));
        parse(ChartSvg.draw(Chart.of(
                "a", "step", "u", List.of(Series.line("x", 0, STEPS, new double[] {-2, -2, -2, -2})))));
    }

    @Test
    void onlyFactorsThatSpanDecadesAreSpreadByRatio() {
        Chart wide = Chart.of("b", "step", "u", List.of(Series.line("x", 0, STEPS, new double[] {0.01, 0.1, 1, 10})));
        Chart narrow = Chart.of("b", "step", "u", List.of(Series.line("x", 0, STEPS, STEPS)));

        assertThat(AxisChoice.y(wide).scale()).isEqualTo(Axis.Scale.LINEAR);
        assertThat(AxisChoice.y(wide.with(Chart.Heights.RATIOS_WHERE_WIDE)).scale())
                .isEqualTo(Axis.Scale.LOG);
        assertThat(AxisChoice.y(narrow.with(Chart.Heights.RATIOS_WHERE_WIDE)).scale())
                .isEqualTo(Axis.Scale.LINEAR);
    }

    @Test
    void nothingMeasuredIsNoChart() {
        Chart empty = Chart.of("a", "step", "u", List.of(Series.line("x", 0, new double[0], new double[0])));

        assertThat(empty.isEmpty()).isTrue();
        assertThatThrownBy(() -> ChartSvg.draw(empty)).hasMessage("chart \"a\" has no point to draw");
    }

    @Test
    void aFileOfChartsIsWellFormedAndCarriesItsColours() throws Exception {
        Chart chart = Chart.of("A & B", "step", "u", List.of(Series.line("x", 0, STEPS, STEPS)));

        Document svg = parse(ChartSvg.file(List.of(chart, chart)));

        assertThat(svg.getElementsByTagName("svg").getLength()).isEqualTo(3);
        assertThat(svg.getElementsByTagName("style").item(0).getTextContent()).contains("prefers-color-scheme: dark");
    }

    @Test
    void thinningKeepsEndsAndExtremes() {
        double[] y = new Random(17).doubles(10_000).toArray();
        y[4321] = 7;
        y[8765] = -7;

        int[] kept = Thinning.keep(y, 100);

        assertThat(kept)
                .hasSizeLessThanOrEqualTo(400)
                .contains(0, 4321, 8765, 9999)
                .isSorted();
        assertThat(Thinning.keep(new double[300], 100)).hasSize(300);
    }

    @Test
    void aMovingMeanKeepsAStraightLineAndItsLength() {
        double[] line = IntStream.range(0, 50).mapToDouble(i -> 3 - 0.5 * i).toArray();

        double[] mean = MovingMean.of(line, 8);

        for (int i = 0; i < line.length; i++) {
            assertThat(mean[i]).isCloseTo(line[i], within(1e-12));
        }
        assertThat(MovingMean.of(new double[] {0, 3, 0}, 2)).containsExactly(0, 1, 0);
    }

    @Test
    void labelsAreSpreadWithoutChangingTheirOrder() {
        assertThat(Spread.apart(new double[] {10, 11, 50}, 13, 0, 100)).containsExactly(10, 23, 50);
        assertThat(Spread.apart(new double[] {90, 95, 99}, 13, 0, 100)).containsExactly(74, 87, 100);
        assertThat(Spread.apart(new double[0], 13, 0, 100)).isEmpty();
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> byClass(Document svg, String name) {
        NodeList all = svg.getElementsByTagName("*");
        List<Element> found = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.getAttribute("class").equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** Height of the grid line whose tick reads {@code label}. */
    private static double tickLine(Document svg, String label) {
        Element tick = byClass(svg, "tick").stream()
                .filter(t -> t.getTextContent().equals(label)
                        && t.getAttribute("text-anchor").equals("end"))
                .findFirst()
                .orElseThrow();
        return number(tick, "y") - 4;
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static double x(String point) {
        return Double.parseDouble(point.split(",")[0]);
    }

    private static double y(String point) {
        return Double.parseDouble(point.split(",")[1]);
    }
}
