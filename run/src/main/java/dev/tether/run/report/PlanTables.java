package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.FrontierPoint;
import dev.tether.core.stats.Interval;

/** The figures of a plan. */
final class PlanTables {
    private final PlanPage plan;
    private StringBuilder out;

    PlanTables(PlanPage plan) {
        this.plan = plan;
    }

    void appendTo(StringBuilder target) {
        out = target;
        out.append(
                "<section><h2>The optimum for each β</h2>\n<div class=\"wide\"><table class=\"steps plan\"><thead><tr>"
                        + "<th>β</th><th>KL / sequence</th><th>band</th><th>mean reward</th><th>band</th>"
                        + "<th>total reward</th><th>effective samples</th><th class=\"text\"></th></tr></thead><tbody>\n");
        plan.points().forEach(this::point);
        out.append("</tbody></table></div></section>\n");
        if (!plan.bestOfN().isEmpty()) {
            out.append("<section><h2>Best of n</h2>\n<div class=\"wide\"><table class=\"steps\"><thead><tr>"
                    + "<th>n</th><th>KL / sequence at most</th><th>mean reward</th></tr></thead><tbody>\n");
            plan.bestOfN().forEach(this::bestOfN);
            out.append("</tbody></table></div></section>\n");
        }
    }

    private void point(FrontierPoint p) {
        out.append(("<tr class=\"%s\"><th>%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
                        + "<td class=\"text\">%s</td></tr>\n")
                .formatted(
                        PlanPage.isSeen(p) ? "seen" : "unseen",
                        rough(p.klCoef()),
                        rough(p.nats()),
                        band(p.natsBand()),
                        rough(p.reward()),
                        band(p.rewardBand()),
                        rough(p.objective()),
                        rough(p.effectiveSamples()),
                        PlanPage.isSeen(p) ? "" : "further than these samples see"));
    }

    private void bestOfN(BestOfN best) {
        out.append("<tr><th>%d</th><td>%s</td><td>%s</td></tr>\n"
                .formatted(best.n(), rough(best.natsBound()), rough(best.reward())));
    }

    private static String band(Interval band) {
        return rough(band.low()) + " to " + rough(band.high());
    }
}
