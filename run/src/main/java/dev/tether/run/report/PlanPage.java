package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.FrontierPoint;
import dev.tether.run.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Which β to choose before training, as one HTML page: from samples of the reference with their rewards, what the optimum
 * π* ∝ π_ref · exp(r/β) would earn and how far it would be from the reference.
 *
 * @param title what was planned
 * @param facts of the plan, such as model, prompts, reward and number of samples
 * @param referenceReward mean reward of the reference: KL = 0
 * @param points one per β, in any order
 * @param reach how far these samples can see
 * @param bestOfN the line of picking the best of n; may be empty
 * @param suggestions β for a wished KL; may be empty
 */
public record PlanPage(
        String title,
        List<String> facts,
        double referenceReward,
        List<FrontierPoint> points,
        Reach reach,
        List<BestOfN> bestOfN,
        List<Suggestion> suggestions) {

    /**
     * How far the samples can see.
     *
     * @param nats KL beyond which nothing is to be trusted, such as log N less a margin
     * @param sentence why
     */
    public record Reach(double nats, String sentence) {}

    /**
     * What to set.
     *
     * @param nats wished KL, nats per sequence
     * @param klCoef β whose optimum is there; empty where the samples cannot tell
     */
    public record Suggestion(double nats, OptionalDouble klCoef) {
        private String sentence() {
            String wish = "For a KL of " + rough(nats) + " nats/sequence";
            return klCoef.isPresent()
                    ? wish + ", β = " + rough(klCoef.getAsDouble()) + "."
                    : wish + " these samples cannot tell which β.";
        }
    }

    public PlanPage {
        facts = List.copyOf(facts);
        points = List.copyOf(points);
        bestOfN = List.copyOf(bestOfN);
        suggestions = List.copyOf(suggestions);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("points = [], must have at least one");
        }
    }

    /** One file that needs nothing else. */
    public String html() {
        StringBuilder out = new StringBuilder();
        out.append("<header>\n<h1><span class=\"name\">").append(escape(title)).append("</span></h1>\n");
        suggestions.forEach(s -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(s.sentence()))));
        out.append("<p class=\"note\">%s</p>\n".formatted(escape(reach.sentence())));
        HtmlPage.facts(out, facts);
        out.append("</header>\n<section><h2>What KL buys, and what β allows</h2>\n");
        HtmlPage.charts(out, new PlanCharts(this).all());
        out.append("</section>\n");
        new PlanTables(this).appendTo(out);
        return HtmlPage.of(
                title,
                out,
                "π* is the best policy under a reward of r − β · KL; training stops near it, not at it. Bands are bootstrap"
                        + " intervals. Shaded: further than these samples can see.");
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    /** True where the samples still see the optimum. */
    static boolean isSeen(FrontierPoint point) {
        return point.reach() == FrontierPoint.Reach.SEEN;
    }
}
