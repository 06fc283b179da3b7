package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.FrontierPoint;
import dev.tether.core.stats.Interval;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import dev.tether.run.report.PlanPage.Reach;
import dev.tether.run.report.PlanPage.Suggestion;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanPageTest {
    @TempDir
    Path folder;

    /** Of a reward that is N(0.2, 0.3²) under the reference: r = 0.2 + 0.09/β, KL = 0.09/(2β²). */
    @Test
    void theTopOfEachPriceLiesWhereItsOwnOptimumDoes() {
        Chart total = new PlanCharts(page()).all().get(0);

        List<Series> curves =
                total.series().stream().filter(s -> !s.name().isEmpty()).toList();
        List<Series> tops =
                total.series().stream().filter(s -> s.name().isEmpty()).toList();
        assertThat(curves).hasSize(5).hasSameSizeAs(tops);
        for (int i = 0; i < 5; i++) {
            double highest = DoubleStream.of(curves.get(i).y()).max().orElseThrow();
            assertThat(tops.get(i).y()).containsExactly(highest);
            assertThat(curves.get(i).x()[0]).isZero();
            assertThat(curves.get(i).y()[0]).isEqualTo(0.2);
        }
    }

    @Test
    void bothPicturesAndTheTableAreThereWithTheEndOfTheRange() {
        String html = page().html();

        assertThat(html)
                .contains(
                        "<figcaption>Total reward against KL, the top of each β marked</figcaption>",
                        "<figcaption>Equilibrium KL against β</figcaption>",
                        "<figcaption>Reward that each KL can buy</figcaption>",
                        "KL of the optimum with bootstrap band",
                        "samples see to 3.5",
                        "further than these samples see",
                        "For a KL of 2 nats/sequence, β = 0.15.",
                        "For a KL of 8 nats/sequence these samples cannot tell which β.",
                        "64 samples per prompt cannot see past log 64.")
                .contains("<tr class=\"seen\"><th>0.3</th><td>0.5</td><td>0.45 to 0.55</td><td>0.5</td>"
                        + "<td>0.48 to 0.52</td><td>0.35</td><td>51.2</td><td class=\"text\"></td></tr>")
                .contains("<tr class=\"unseen\"><th>0.05</th><td>18</td>")
                .contains("<tr><th>4</th><td>0.636</td><td>0.509</td></tr>");
    }

    @Test
    void aPlanWithoutBestOfNHasNoTableOfIt() {
        PlanPage plain = new PlanPage("a", List.of(), 0.2, page().points(), page().reach(), List.of(), List.of());

        assertThat(plain.html()).doesNotContain("Best of n", "For a KL of");
    }

    @Test
    void aSinglePointCanBeDrawn() {
        PlanPage one = new PlanPage("a", List.of(), 0.2, List.of(point(0.3)), page().reach(), List.of(), List.of());

        assertThat(one.html()).contains("β = 0.3");
    }

    @Test
    void thePageNeedsNothingFromOutsideAndItsTextCannotBecomeMarkup() {
        PlanPage hostile = new PlanPage(
                "<b>a", List.of("<i>f"), 0.2, page().points(), new Reach(3.5, "<u>s"), List.of(), List.of());

        assertThat(hostile.html().replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "<script", " src=", "@import", "<link", "NaN")
                .doesNotContain("<b>a", "<i>f", "<u>s");
    }

    @Test
    void theFileIsWrittenWhole() {
        Path file = folder.resolve("plan.html");

        page().write(file);

        assertThat(file).hasContent(page().html());
    }

    @Test
    void aPlanWithoutPointsIsRefused() {
        assertThatThrownBy(() -> new PlanPage("a", List.of(), 0, List.of(), page().reach(), List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("points = [], must have at least one");
    }

    static PlanPage page() {
        List<FrontierPoint> points = Stream.of(0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
                .map(PlanPageTest::point)
                .toList();
        List<BestOfN> best = IntStream.of(2, 4, 8, 16, 32)
                .mapToObj(n -> new BestOfN(n, 0.2 + 0.3 * Math.sqrt(Math.log(n) * 0.765), Math.log(n) - (n - 1.0) / n))
                .toList();
        return new PlanPage(
                "builtin:reviews, lexicon",
                List.of("256 prompts", "64 samples each", "seed 17"),
                0.2,
                points,
                new Reach(3.5, "64 samples per prompt cannot see past log 64."),
                best,
                List.of(new Suggestion(2, OptionalDouble.of(0.15)), new Suggestion(8, OptionalDouble.empty())));
    }

    private static FrontierPoint point(double klCoef) {
        double nats = 0.045 / (klCoef * klCoef);
        double reward = 0.2 + 0.09 / klCoef;
        return new FrontierPoint(
                klCoef,
                reward,
                nats,
                reward - klCoef * nats,
                64 * Math.exp(-0.446 * nats),
                new Interval(reward - 0.02, reward + 0.02, 0.9),
                new Interval(0.9 * nats, 1.1 * nats, 0.9),
                nats <= 3.5 ? FrontierPoint.Reach.SEEN : FrontierPoint.Reach.BEYOND_THE_SAMPLES);
    }
}
