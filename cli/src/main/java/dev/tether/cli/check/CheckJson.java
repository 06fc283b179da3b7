package dev.tether.cli.check;

import dev.tether.cli.console.Words;
import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.core.stats.Explanation;
import dev.tether.run.journal.Finding;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was found, for programs. */
final class CheckJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private CheckJson() {}

    static String of(List<CheckedRun> runs) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode array = json.putArray("runs");
        runs.forEach(run -> run(array.addObject(), run));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    private static void run(ObjectNode json, CheckedRun run) {
        json.put("name", run.name());
        json.put("steps", run.check().steps());
        ArrayNode findings = json.putArray("findings");
        run.check().findings().forEach(finding -> finding(findings.addObject(), finding));
        run.check().overoptimization().ifPresent(desk -> desk(json.putObject("overoptimization"), desk));
    }

    private static void finding(ObjectNode json, Finding finding) {
        json.put("step", finding.step());
        json.put("code", finding.code());
        json.put("severity", Words.name(finding.severity()));
        json.put("sentence", finding.sentence());
        finding.advice().ifPresent(advice -> json.put("advice", advice));
        finding.explanation().ifPresent(explanation -> explanation(json.putObject("explanation"), explanation));
    }

    private static void desk(ObjectNode json, OveroptimizationDesk desk) {
        json.put("standing", Words.name(desk.standing()));
        json.put("sentence", desk.sentence());
        explanation(json.putObject("explanation"), desk.explanation());
    }

    private static void explanation(ObjectNode json, Explanation explanation) {
        json.put("value", explanation.value());
        json.put("sentence", explanation.sentence());
        ArrayNode parts = json.putArray("parts");
        explanation.parts().forEach(part -> explanation(parts.addObject(), part));
    }
}
