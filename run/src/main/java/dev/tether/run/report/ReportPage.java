package dev.tether.run.report;

import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.control.KlTarget;
import dev.tether.core.stats.Explanation;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.ChartStyle;
import dev.tether.run.chart.Numbers;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.settings.RunSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report as one HTML page. */
final class ReportPage {
    private static final String FOOTER =
            "Every key of the journal is explained in docs/metrics.md. SE is the standard error of a mean, responses as"
                    + " clusters; bands are two of them to each side. In runs of more than 400 steps the strong line is a"
                    + " moving mean over a fiftieth of the run.";

    private static final int NOTICES = 20;

    private final List<RecordedRun> runs;
    private final StringBuilder out = new StringBuilder();

    ReportPage(List<RecordedRun> runs) {
        this.runs = runs;
    }

    String html() {
        String title = runs.stream().map(RecordedRun::name).collect(Collectors.joining(", "));
        runs.forEach(this::header);
        watches();
        runs.forEach(this::notices);
        runs.forEach(run -> new BeltSection(run, heading(run)).appendTo(out));
        charts();
        runs.forEach(run ->
                GoldCourse.of(run.steps()).ifPresent(course -> new GoldSection(course, heading(run)).appendTo(out)));
        runs.forEach(run -> run.spentKl().ifPresent(spent -> new LedgerSection(spent, heading(run)).appendTo(out)));
        runs.forEach(this::samples);
        runs.forEach(run -> new StepTables(run, heading(run)).appendTo(out));
        new SettingsTables(runs).appendTo(out);
        return HtmlPage.of(title, out, FOOTER);
    }

    private void header(RecordedRun run) {
        Verdict verdict = Verdict.of(run);
        out.append("<header>\n<h1>%s<span class=\"name\">%s</span> <span class=\"mark %s\">%s</span></h1>\n"
                .formatted(swatch(run), escape(run.name()), css(verdict.state()), escape(verdict.mark())));
        verdict.sentences()
                .forEach(sentence -> out.append("<p class=\"verdict\">%s</p>\n".formatted(escape(sentence))));
        HtmlPage.facts(out, facts(run));
        run.journal()
                .tornLine()
                .ifPresent(torn ->
                        out.append("<p class=\"note\">Line %d of the journal was never finished and is left out.</p>\n"
                                .formatted(torn.line())));
        out.append("</header>\n");
    }

    private static List<String> facts(RecordedRun run) {
        List<String> facts = new ArrayList<>();
        run.settings()
                .ifPresent(s -> facts.addAll(List.of(
                        "policy " + s.model().policy(),
                        "reference " + s.model().reference().orElse("the policy at the start"),
                        "reward " + s.reward().source(),
                        "prompts " + s.prompts().source(),
                        s.prompts().batchSize() + " responses of up to "
                                + s.generation().maxNewTokens() + " tokens per step",
                        belt(run, s))));
        run.journal().header().map(RunHeader::seed).ifPresent(seed -> facts.add("seed " + seed));
        return facts;
    }

    private static String belt(RecordedRun run, RunSettings settings) {
        return "belt: " + settings.belt().placement().name().toLowerCase(Locale.ROOT) + ", "
                + settings.belt().controller().name().toLowerCase(Locale.ROOT) + ", β from "
                + Numbers.brief(settings.belt().klCoef())
                + run.target()
                        .map((KlTarget t) -> ", target " + Numbers.brief(t.nats()) + " "
                                + t.unit().label())
                        .orElse("");
    }

    private void watches() {
        out.append("<section><h2>What to watch</h2>\n");
        if (runs.size() == 1) {
            out.append("<div class=\"watches\">\n");
            Watch.of(runs.get(0)).forEach(this::watch);
            out.append("</div>\n");
        } else {
            watchTable();
        }
        out.append("</section>\n");
    }

    private void watchTable() {
        out.append("<div class=\"wide\"><table class=\"watch-table\"><thead><tr><th></th>");
        Watch.NAMES.forEach(name -> out.append("<th>" + name + "</th>"));
        out.append("</tr></thead><tbody>\n");
        for (RecordedRun run : runs) {
            out.append("<tr><th>%s%s</th>".formatted(swatch(run), escape(run.name())));
            List<Watch> watches = Watch.of(run);
            Watch.NAMES.forEach(name -> watches.stream()
                    .filter(watch -> watch.name().equals(name))
                    .findFirst()
                    .ifPresentOrElse(this::watchCell, () -> out.append("<td class=\"watch-cell\">not measured</td>")));
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div>\n");
    }

    private void watchCell(Watch watch) {
        out.append("<td class=\"watch-cell %s\"><b>%s</b><br><span class=\"remark\">%s</span></td>"
                .formatted(css(watch.state()), escape(watch.value()), escape(watch.remark())));
    }

    private void watch(Watch watch) {
        out.append("""
                <div class="watch %s"><h3>%s</h3><p class="value">%s</p><p class="remark">%s</p>
                <p class="healthy">healthy: %s</p></div>
                """.formatted(
                        css(watch.state()),
                        escape(watch.name()),
                        escape(watch.value()),
                        escape(watch.remark()),
                        escape(watch.healthy())));
    }

    private void charts() {
        List<Chart> charts = new ArrayList<>(new RunCharts(runs).all());
        if (runs.size() == 1) {
            charts.addAll(new BeltCharts(runs.get(0)).all());
        }
        if (charts.isEmpty()) {
            return;
        }
        out.append("<section><h2>Over time</h2>\n");
        HtmlPage.charts(out, charts);
        out.append("</section>\n");
    }

    private void notices(RecordedRun run) {
        List<Notice> notices = Notice.of(run.journal());
        if (notices.isEmpty()) {
            return;
        }
        out.append("<section><h2>What happened</h2>\n").append(heading(run));
        list(notices.subList(0, Math.min(NOTICES, notices.size())));
        if (notices.size() > NOTICES) {
            out.append("<details><summary>and %d more</summary>\n".formatted(notices.size() - NOTICES));
            list(notices.subList(NOTICES, notices.size()));
            out.append("</details>\n");
        }
        out.append("</section>\n");
    }

    private void list(List<Notice> notices) {
        out.append("<ul class=\"findings\">\n");
        for (Notice notice : notices) {
            out.append("<li class=\"%s\"><b>%s</b> step %d, %s: %s"
                    .formatted(
                            notice.severityWord(),
                            notice.severityWord(),
                            notice.step(),
                            escape(notice.name()),
                            escape(notice.sentence())));
            notice.advice()
                    .ifPresent(a -> out.append("<div class=\"advice\">What to do: %s.</div>".formatted(escape(a))));
            notice.explanation().ifPresent(this::numbers);
            out.append("</li>\n");
        }
        out.append("</ul>\n");
    }

    private void numbers(Explanation explanation) {
        out.append("<details><summary>the numbers</summary>");
        branch(explanation);
        out.append("</details>");
    }

    private void branch(Explanation explanation) {
        out.append("<ul class=\"numbers\"><li><b>%s</b> %s"
                .formatted(Numbers.rough(explanation.value()), escape(explanation.sentence())));
        explanation.parts().forEach(this::branch);
        out.append("</li></ul>");
    }

    private void samples(RecordedRun run) {
        if (run.samples().isEmpty()) {
            return;
        }
        out.append("<section><h2>First and last samples</h2>\n").append(heading(run));
        out.append("<table class=\"samples\"><thead><tr><th>first</th><th>last</th></tr></thead><tbody>\n");
        for (SamplePair pair : run.samples()) {
            out.append("<tr>");
            answer(pair.first());
            answer(pair.last());
            out.append("</tr>\n");
        }
        out.append("</tbody></table></section>\n");
    }

    private void answer(SamplePair.Answer answer) {
        out.append(
                "<td><p class=\"said\"><span class=\"prompt\">%s</span>%s</p><p class=\"paid\">step %d · score %s · KL %s nats</p></td>"
                        .formatted(
                                escape(answer.prompt()),
                                answer.response().isEmpty()
                                        ? "<i class=\"prompt\">(nothing)</i>"
                                        : escape(answer.response()),
                                answer.step(),
                                Numbers.brief(answer.score()),
                                Numbers.brief(answer.klNats())));
    }

    /** Says whose the next lines are, where there are several runs. */
    private String heading(RecordedRun run) {
        return runs.size() == 1 ? "" : "<h3 class=\"run\">%s%s</h3>\n".formatted(swatch(run), escape(run.name()));
    }

    private String swatch(RecordedRun run) {
        return runs.size() == 1 ? "" : "<i class=\"swatch c%d\"></i>".formatted(runs.indexOf(run) % ChartStyle.COLOURS);
    }

    private static String css(Watch.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
