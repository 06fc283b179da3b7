package dev.tether.cli.plan;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.FrontierPoint;
import dev.tether.core.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan, told in a terminal. */
final class PlanText {
    private static final String FORMAT = "%9s %9s %16s %9s %16s %10s %9s  %s%n";

    private final Plan plan;
    private final List<String> facts;

    /** {@code facts}: of the sampling. */
    PlanText(Plan plan, List<String> facts) {
        this.plan = plan;
        this.facts = facts;
    }

    String text() {
        StringBuilder out = new StringBuilder();
        facts.forEach(fact -> out.append(fact).append('\n'));
        out.append('\n').append(optima());
        out.append('\n').append(bestOfN());
        out.append('\n').append(reach(plan)).append('\n');
        plan.suggestions().forEach(s -> out.append(sentence(s)).append('\n'));
        return out.toString();
    }

    private String optima() {
        StringBuilder out = new StringBuilder("the best policy under each beta, per sequence\n");
        out.append(row("beta", "KL nats", "band", "score", "band", "score-B*KL", "effective", ""));
        for (FrontierPoint point : plan.points()) {
            out.append(row(
                    rough(point.klCoef()),
                    rough(point.nats()),
                    band(point.natsBand()),
                    rough(point.reward()),
                    band(point.rewardBand()),
                    rough(point.objective()),
                    rough(point.effectiveSamples()),
                    point.reach() == FrontierPoint.Reach.SEEN ? "" : "beyond the samples"));
        }
        return out.toString();
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, FORMAT, cells).replaceAll(" +(\\R)", "$1");
    }

    private static String band(Interval band) {
        return rough(band.low()) + ".." + rough(band.high());
    }

    private String bestOfN() {
        List<String> cells = new ArrayList<>();
        for (BestOfN best : plan.bestOfN()) {
            cells.add("n=" + best.n() + " " + rough(best.reward()) + " (" + rough(best.natsBound()) + ")");
        }
        return "best of n: score (KL at most)\n  " + String.join("  ", cells) + "\n";
    }

    /** How far the samples see, for the terminal and the page. */
    static String reach(Plan plan) {
        return plan.seenNats() == 0
                ? plan.fewestSamples()
                        + " samples per prompt are too few to tell anything: half of them would have said "
                        + "something else."
                : plan.fewestSamples() + " samples per prompt tell of a KL up to " + rough(plan.seenNats())
                        + " nats per sequence; beyond, half of them would have said something else, and KL and score are "
                        + "understated.";
    }

    private static String sentence(Plan.Suggestion suggestion) {
        String wish = "for a KL of " + rough(suggestion.nats()) + " nats per sequence: ";
        return suggestion
                .point()
                .map(point -> wish + "beta = " + rough(point.klCoef()) + ", score " + rough(point.reward()) + " ("
                        + band(point.rewardBand()) + ")")
                .orElseGet(() -> wish
                        + (suggestion.atLeast().isPresent()
                                ? "beta is above "
                                        + rough(suggestion.atLeast().getAsDouble())
                                        + "; these samples cannot tell it"
                                : "these samples cannot tell")
                        + ", more per prompt may");
    }
}
