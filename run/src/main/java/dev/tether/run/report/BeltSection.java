package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.brief;
import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import java.util.OptionalDouble;

/** Is the belt attached, and which KL is which: the section of one run. */
final class BeltSection {
    private final RecordedRun run;
    private final String heading;

    BeltSection(RecordedRun run, String heading) {
        this.run = run;
        this.heading = heading;
    }

    void appendTo(StringBuilder out) {
        BeltState belt = BeltState.of(run);
        if (belt.isEmpty()) {
            return;
        }
        out.append("<section><h2>The belt</h2>\n").append(heading);
        belt.sentences().forEach(sentence -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(sentence))));
        if (!belt.rows().isEmpty()) {
            estimators(out, belt);
        }
        out.append("</section>\n");
    }

    private static void estimators(StringBuilder out, BeltState belt) {
        out.append("<div class=\"wide\"><table class=\"steps estimators\"><caption>KL(policy ‖ reference) at step ")
                .append(belt.step())
                .append(", each ± 2 SE; the controller steers by the marked one</caption><thead><tr>")
                .append("<th class=\"text\">measured as</th><th>nats / sequence</th><th></th><th>nats / token</th>")
                .append("<th></th><th class=\"text\"></th></tr></thead><tbody>\n");
        for (BeltState.Row row : belt.rows()) {
            out.append("<tr%s><th class=\"text\">%s</th>"
                    .formatted(row.steers() ? " class=\"steers\"" : "", escape(row.name())));
            figure(out, row.reading().natsPerSequence(), row.reading().seNatsPerSequence());
            figure(out, row.reading().natsPerToken(), row.reading().seNatsPerToken());
            out.append("<td class=\"text\">%s</td></tr>\n".formatted(escape(row.remark())));
        }
        out.append("</tbody></table></div>\n");
    }

    private static void figure(StringBuilder out, OptionalDouble nats, OptionalDouble error) {
        out.append("<td>%s</td><td class=\"error\">%s</td>"
                .formatted(
                        nats.isPresent() ? brief(nats.getAsDouble()) : "",
                        nats.isPresent() && error.isPresent() ? "± " + rough(2 * error.getAsDouble()) : ""));
    }
}
