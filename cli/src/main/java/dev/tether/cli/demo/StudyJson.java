package dev.tether.cli.demo;

import dev.tether.core.frontier.FormComparison.Fitted;
import dev.tether.core.stats.Interval;
import dev.tether.run.report.Study;
import dev.tether.run.report.StudyCurve;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A study as JSON; KL in nats per sequence. */
final class StudyJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private StudyJson() {}

    static String text(Study study, StudyPlan plan) {
        ObjectNode json = JSON.createObjectNode();
        json.set("plan", JSON.valueToTree(plan));
        json.put("reference_gold", study.referenceGold());
        json.put("reference_gold_sd", study.referenceGoldSd());
        ArrayNode rewards = json.putArray("rewards");
        for (Study.Learned learned : study.rewards()) {
            rewards.addObject()
                    .put("preferences", learned.preferences())
                    .put("accuracy", learned.accuracy())
                    .put("reference_mean", learned.referenceMean())
                    .put("reference_sd", learned.referenceSd());
        }
        ArrayNode curves = json.putArray("curves");
        study.curves().forEach(curve -> curves.add(curve(curve, plan)));
        json.set("findings", JSON.valueToTree(study.findings()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private static ObjectNode curve(StudyCurve curve, StudyPlan plan) {
        ObjectNode json = JSON.createObjectNode();
        json.put("by", curve.isRun() ? "reinforcement_learning" : "best_of_n");
        json.put("preferences", curve.preferences());
        curve.klCoef().ifPresent(klCoef -> json.put("kl_coef", klCoef));
        if (!curve.isRun()) {
            json.set("n", JSON.valueToTree(plan.choices()));
        }
        json.set(curve.isRun() ? "nats" : "nats_bound", JSON.valueToTree(curve.nats()));
        json.set("proxy", JSON.valueToTree(curve.proxy()));
        json.set("gold", JSON.valueToTree(curve.gold()));
        json.put("points_fitted", curve.fitted());
        curve.forms().ifPresent(forms -> {
            json.set("logarithmic", fitted(forms.logarithmic()));
            json.set("linear", fitted(forms.linear()));
            json.put("logarithmic_ahead", forms.logarithmicAhead());
            json.put("answer", forms.answer().name().toLowerCase(Locale.ROOT));
        });
        return json;
    }

    private static ObjectNode fitted(Fitted fitted) {
        ObjectNode json = JSON.createObjectNode();
        json.put("alpha", fitted.fit().alpha());
        json.set("alpha_interval", interval(fitted.alpha()));
        json.put("beta", fitted.fit().beta());
        json.set("beta_interval", interval(fitted.beta()));
        json.put("r_squared", fitted.fit().rSquared());
        fitted.fit().peak().ifPresent(peak -> json.put("peak_nats", peak.nats()).put("peak_gold", peak.gold()));
        return json;
    }

    private static ArrayNode interval(Interval interval) {
        return JSON.createArrayNode().add(interval.low()).add(interval.high());
    }
}
