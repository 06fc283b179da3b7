package dev.tether.run.report;

import static dev.tether.run.chart.Xml.escape;

import dev.tether.run.chart.Numbers;
import dev.tether.run.journal.StepRecord;
import java.util.List;
import java.util.OptionalDouble;

/** The figures of the last steps to read, and of every step to the last digit. */
final class StepTables {
    private static final int LAST = 10;
    private static final int MOST_EXACT = 1000;

    private final RecordedRun run;
    private final String heading;
    private StringBuilder out;

    StepTables(RecordedRun run, String heading) {
        this.run = run;
        this.heading = heading;
    }

    void appendTo(StringBuilder target) {
        List<StepRecord> steps = run.steps();
        if (steps.isEmpty()) {
            return;
        }
        out = target;
        out.append("<section><h2>Last steps</h2>\n").append(heading);
        table(last(steps, LAST), Digits.BRIEF);
        List<StepRecord> exact = last(steps, MOST_EXACT);
        String which = exact.size() == steps.size() ? "Every step" : "The last " + MOST_EXACT + " steps";
        out.append("<details><summary>").append(which).append(", to the last digit of the journal</summary>\n");
        table(exact, Digits.EXACT);
        out.append("</details></section>\n");
    }

    private enum Digits {
        BRIEF,
        EXACT
    }

    private void table(List<StepRecord> steps, Digits digits) {
        List<StepColumn> columns = StepColumn.known(steps);
        out.append("<div class=\"wide\"><table class=\"steps %s\"><thead><tr><th>step</th>"
                .formatted(digits == Digits.EXACT ? "exact" : "brief"));
        columns.forEach(
                column -> out.append("<th title=\"%s\">%s</th>".formatted(column.key(), escape(column.name()))));
        out.append("</tr></thead><tbody>\n");
        for (StepRecord step : steps) {
            out.append("<tr><th>").append(step.step()).append("</th>");
            columns.forEach(column -> cell(column.figure().apply(step), digits));
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div>\n");
    }

    private void cell(OptionalDouble value, Digits digits) {
        if (value.isEmpty()) {
            out.append("<td></td>");
        } else if (digits == Digits.EXACT) {
            out.append("<td>").append(Numbers.exact(value.getAsDouble())).append("</td>");
        } else {
            out.append("<td title=\"%s\">%s</td>"
                    .formatted(Numbers.exact(value.getAsDouble()), Numbers.brief(value.getAsDouble())));
        }
    }

    private static List<StepRecord> last(List<StepRecord> steps, int count) {
        return steps.subList(Math.max(0, steps.size() - count), steps.size());
    }
}
