package dev.tether.cli.plan;

import dev.tether.core.frontier.FrontierPoint;
import dev.tether.core.stats.Interval;
import dev.tether.run.report.PlanPage;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A plan as JSON and as a page. */
final class PlanWriter {
    private static final JsonMapper JSON = JsonMapper.shared();

    private PlanWriter() {}

    static PlanPage page(Plan plan, List<String> facts) {
        return new PlanPage(
                "Plan for " + plan.samples().source(),
                facts,
                plan.samples().mean(),
                plan.points(),
                new PlanPage.Reach(plan.seenNats(), PlanText.reach(plan)),
                plan.bestOfN(),
                plan.suggestions().stream().map(Plan.Suggestion::forPage).toList());
    }

    static String json(Plan plan, List<String> facts) {
        ObjectNode json = JSON.createObjectNode();
        json.set("facts", JSON.valueToTree(facts));
        json.put("prompts", plan.prompts());
        json.put("samples_per_prompt", plan.fewestSamples());
        json.put("reference_score", plan.samples().mean());
        json.put("seen_nats", plan.seenNats());
        ArrayNode points = json.putArray("points");
        plan.points().forEach(point -> points.add(point(point)));
        ArrayNode best = json.putArray("best_of_n");
        plan.bestOfN()
                .forEach(each -> best.addObject()
                        .put("n", each.n())
                        .put("score", each.reward())
                        .put("nats_bound", each.natsBound()));
        ArrayNode suggestions = json.putArray("suggestions");
        for (Plan.Suggestion suggestion : plan.suggestions()) {
            ObjectNode each = suggestions.addObject();
            each.put("nats", suggestion.nats());
            if (suggestion.point().isPresent()) {
                each.set("point", point(suggestion.point().get()));
            } else {
                each.putNull("point");
                suggestion.atLeast().ifPresent(klCoef -> each.put("kl_coef_above", klCoef));
            }
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    private static ObjectNode point(FrontierPoint point) {
        ObjectNode json = JSON.createObjectNode();
        json.put("kl_coef", point.klCoef());
        json.put("nats", point.nats());
        json.set("nats_band", band(point.natsBand()));
        json.put("score", point.reward());
        json.set("score_band", band(point.rewardBand()));
        json.put("objective", point.objective());
        json.put("effective_samples", point.effectiveSamples());
        json.put("reach", point.reach().name().toLowerCase(Locale.ROOT));
        return json;
    }

    private static ArrayNode band(Interval band) {
        return JSON.createArrayNode().add(band.low()).add(band.high());
    }
}
