package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.chart.Numbers;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.HardLimitHit;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.KlReading;
import dev.tether.run.journal.ReAnchored;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.ReAnchorSettings;
import dev.tether.run.settings.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
    private static final Pattern CELL = Pattern.compile("<td[^>]*>([^<]*)</td>");
    private static final Pattern EXACT_TITLE = Pattern.compile("<td title=\"([^\"]*)\">");
    private static final Pattern HEAD = Pattern.compile("<th title=\"([^\"]*)\">");

    @TempDir
    Path folder;

    @Test
    void everyStepStandsInTheReportToTheLastDigitOfTheJournal() {
        RunDirectory run = run("a", "steps=30");

        String table = between(RunReport.of(run).html(), "<table class=\"steps exact\">", "</table>");

        List<StepRecord> steps = JournalReader.readAll(run.journal()).steps();
        assertThat(rows(table)).hasSize(30);
        for (int i = 0; i < 30; i++) {
            StepRecord step = steps.get(i);
            ReferenceKl kl = step.referenceKl().orElseThrow();
            assertThat(value(table, i, "reference_kl.nats_per_sequence")).isEqualTo(kl.natsPerSequence());
            assertThat(value(table, i, "reference_kl.nats_per_token")).isEqualTo(kl.natsPerToken());
            assertThat(value(table, i, "reference_kl.se_nats_per_sequence")).isEqualTo(kl.seNatsPerSequence());
            assertThat(value(table, i, "reference_kl.max_nats_per_token")).isEqualTo(kl.maxNatsPerToken());
            assertThat(value(table, i, "score.mean"))
                    .hasValue(step.score().orElseThrow().mean());
            assertThat(value(table, i, "rlhf_reward")).isEqualTo(step.rlhfReward());
            assertThat(value(table, i, "kl_coef")).isEqualTo(step.klCoef());
            assertThat(value(table, i, "entropy")).isEqualTo(step.entropy());
        }
    }

    @Test
    void aRunWithoutCoefficientIsSaidToHaveNone() throws IOException {
        RunDirectory run = run("a", "steps=3");
        List<String> rows = new ArrayList<>();
        rows.add(Files.readAllLines(run.journal()).get(0));
        for (int step = 1; step <= 3; step++) {
            rows.add("{\"type\":\"step\",\"step\":" + step
                    + ",\"score\":{\"mean\":0.2,\"sd\":0.1,\"min\":0.1,\"max\":0.3},"
                    + "\"reference_kl\":{\"nats_per_sequence\":" + step + ",\"estimator\":\"best_of_n_bound\"}}");
        }
        Files.write(run.journal(), rows);

        assertThat(RunReport.of(run).html())
                .contains("No β is recorded, and no target of KL")
                .doesNotContain("NaN");

        RecordedRun sparse = RecordedRun.read(run);
        String table = between(
                RunReport.of(List.of(sparse, RecordedRun.read(run("b", "steps=3"))))
                        .html(),
                "watch-table",
                "</table>");
        String row = table.substring(table.indexOf("<tbody>"), table.indexOf("</tr>", table.indexOf("<tbody>")));
        assertThat(row.split("<td", -1))
                .as("cells, where two of four were measured")
                .hasSize(1 + 4);
        assertThat(row.split("not measured", -1)).hasSize(1 + 2);
    }

    @Test
    void theTableOfLastStepsRoundsTheSameNumbers() {
        RunDirectory run = run("a", "steps=30");

        String table = between(RunReport.of(run).html(), "<table class=\"steps brief\">", "</table>");

        StepRecord last = JournalReader.readAll(run.journal()).steps().get(29);
        String lastRow = rows(table).get(9);
        List<String> exact =
                EXACT_TITLE.matcher(lastRow).results().map(m -> m.group(1)).toList();
        assertThat(rows(table)).hasSize(10);
        assertThat(lastRow).contains("<th>30</th>");
        assertThat(Double.parseDouble(exact.get(0)))
                .isEqualTo(last.score().orElseThrow().mean());
        List<String> brief =
                CELL.matcher(lastRow).results().map(m -> m.group(1)).toList();
        for (int i = 0; i < exact.size(); i++) {
            double number = Double.parseDouble(exact.get(i));
            assertThat(Double.parseDouble(brief.get(i)))
                    .isCloseTo(number, org.assertj.core.data.Percentage.withPercentage(0.06));
        }
    }

    @Test
    void thePageNeedsNothingFromOutsideAndNoScript() {
        String html = RunReport.of(run("a", "steps=30")).html();

        assertThat(html.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "//", "<script", "javascript", " src=", "@import", "<link");
        assertThat(Pattern.compile("url\\((?!#)").matcher(html).find()).isFalse();
        assertThat(html).contains("prefers-color-scheme: dark", "@media print");
    }

    @Test
    void textOfARunCannotBecomeMarkup() {
        String html = RunReport.of(run("<script>x", "steps=30", "reward.source=regex:<i>\"&"))
                .html();

        assertThat(html)
                .doesNotContain("<script", "<b>was", "<i>\"")
                .contains("Our guide &lt;b&gt;was&lt;/b&gt;", "&lt;script&gt;x");
    }

    @Test
    void theFourMetricsToWatchAndEveryChartAreThereByName() {
        String html = RunReport.of(run("a", "steps=30")).html();

        assertThat(html)
                .contains("<h3>mean KL</h3>", "<h3>max KL</h3>", "<h3>KL over time</h3>", "<h3>mean reward</h3>");
        assertThat(html).contains("healthy: 0.01 to 0.1 nats/token, or near the target, 6 nats/sequence");
        assertThat(Pattern.compile("<figcaption>([^<]*)<")
                        .matcher(html)
                        .results()
                        .map(m -> m.group(1)))
                .containsExactly(
                        "Mean KL over time",
                        "Mean reward",
                        "Mean KL per token",
                        "Max KL of a token",
                        "KL coefficient β",
                        "Reward against √KL, early steps pale",
                        "Entropy",
                        "Response length",
                        "Distinct token pairs",
                        "Compressed size of the responses",
                        "−log π_ref of the samples",
                        "Exact against sampled KL",
                        "Distances of the policy",
                        "Score and gold score against √KL",
                        "KL by position in the response");
        assertThat(html).contains(">target 6</text>", "KL ± 2 SE", "nats per sequence", "nats per token");
    }

    @Test
    void everyMeasureOfKlStandsInOneTableWithItsError() {
        RunDirectory run = run("a", "steps=30");

        String table = between(RunReport.of(run).html(), "<table class=\"steps estimators\">", "</table>");

        StepRecord last = JournalReader.readAll(run.journal()).steps().get(29);
        assertThat(table).contains("at step 30, each ± 2 SE");
        assertThat(rows(table))
                .extracting(row -> between(row, "<th class=\"text\">", "</th>").replaceAll(".*>", ""))
                .containsExactly("exact", "k1", "|k1|", "k2", "k3", "exact, reversed");
        KlReading k1 = last.referenceKlEstimates().orElseThrow().k1();
        assertThat(rows(table).get(1))
                .contains("<td>" + Numbers.brief(k1.natsPerSequence().getAsDouble()) + "</td>")
                .contains(">± " + Numbers.rough(2 * k1.seNatsPerSequence().getAsDouble()) + "</td>");
        assertThat(rows(table).get(1)).as("the journal says k1 steers").startsWith("<tr class=\"steers\">");
        assertThat(rows(table).get(0)).doesNotContain("steers");
    }

    @Test
    void theVerdictOnTheBeltItsForceAndTheSelfTestAreTold() {
        RunReport report = RunReport.of(run("a", "steps=60"));

        for (String told : List.of(report.html(), report.text().replaceAll("\\s+", " "))) {
            assertThat(told)
                    .contains("The belt is attached: the penalty acts as k1_in_reward.")
                    .containsPattern("Its force was (0\\.9|1\\.0)\\d* ± 0\\.04 at step 60")
                    .contains("30 % of the pull on the policy is the belt")
                    .contains("logprobs disagreed by 1.2e-6 nats at most, 0.0001 are allowed");
        }
        assertThat(report.html()).contains("<figcaption>Force of the belt</figcaption>");
    }

    @Test
    void whatHappenedIsListedWithItsStep() {
        RunDirectory run = RunDirectory.create(folder.resolve("eventful"));
        try (JournalWriter journal = JournalWriter.create(run.journal())) {
            journal.append(StepRecord.builder(1).entropy(2.5).build());
            journal.append(new HardLimitHit(
                    1, HardLimitSettings.Action.END_EPOCHS, KlUnit.NATS_PER_TOKEN, 0.75, 0.5, "<3> updates"));
            journal.append(new ReAnchored(1, ReAnchorSettings.How.EMA, "sha256:33"));
            for (int i = 0; i < 30; i++) {
                journal.append(Finding.of(1, "KL_READING_REFUSED", Finding.Severity.WARNING, "KL was NaN, " + i));
            }
        }

        String html = RunReport.of(run).html();
        String text = RunReport.of(run).text().replaceAll("\\s+", " ");

        for (String told : List.of(html, text)) {
            assertThat(told)
                    .contains("step 1, hard limit: KL was 0.75 nats/token, above its hard limit of 0.5 (end_epochs)")
                    .contains("step 1, re-anchored: the reference was replaced (ema), its fingerprint is now sha256:33")
                    .contains("step 1, KL_READING_REFUSED: KL was NaN, 0");
        }
        assertThat(html).contains("&lt;3&gt; updates", "<summary>and 12 more</summary>", "KL was NaN, 29");
        assertThat(text).contains("! and 20 more: see the journal or the page").doesNotContain("KL was NaN, 29");
    }

    @Test
    void aRunWithAGoldScoreIsToldWhereItStandsOnItsCurve() {
        RunReport report = RunReport.of(run("a", "steps=60", "belt.controller=fixed"));

        String section = between(report.html(), "<h2>Score against gold score</h2>", "</section>");
        assertThat(section)
                .contains("The run is past the peak of its gold score: at a KL of ")
                .contains("<figcaption>Score and gold score against √KL</figcaption>", "R₀ + d(α − β d)");
        assertThat(rows(section)).hasSize(2);
        assertThat(report.text().replaceAll("\\s+", " "))
                .contains("The run is past the peak of its gold score: at a KL of ");
    }

    @Test
    void whatTheMonitorFoundIsToldWithAdviceAndItsNumbers() {
        RunReport report = RunReport.of(run("a", "steps=60", "belt.controller=fixed"));

        String list = between(report.html(), "<ul class=\"findings\">", "</section>");
        assertThat(list)
                .containsPattern(
                        "<li class=\"warning\"><b>warning</b> step \\d+, KL_ABOVE_RANGE: Over the last 20 steps KL")
                .contains("<div class=\"advice\">What to do: raise kl_coef, or lower the learning rate;")
                .containsPattern(
                        "<b>[0-9.]+</b> KL as a multiple of its limit<ul class=\"numbers\"><li><b>[0-9.]+</b> KL in");
        assertThat(report.text().replaceAll("\\s+", " "))
                .containsPattern("! step \\d+, KL_ABOVE_RANGE: Over the last 20 steps KL")
                .contains("What to do: raise kl_coef, or lower the learning rate;");
    }

    @Test
    void firstAndLastSamplesOfAPromptStandSideBySide() {
        String html = RunReport.of(run("a", "steps=60")).html();

        String row =
                rows(between(html, "<table class=\"samples\">", "</table>")).get(0);
        assertThat(row).contains("<span class=\"prompt\">The museum</span> was near the station");
        assertThat(row).contains("<span class=\"prompt\">The museum</span> was wonderful!");
        assertThat(row.indexOf("step 1 ")).isPositive().isLessThan(row.indexOf("step 59 "));
    }

    @Test
    void severalRunsAreComparedInOnePage() {
        RecordedRun belt = RecordedRun.read(run("belt", "steps=30"));
        RecordedRun none = RecordedRun.read(run("none", "steps=30", "belt.controller=fixed", "belt.kl_coef=0"));

        String html = RunReport.of(List.of(belt, none)).html();

        assertThat(html)
                .contains("<title>belt, none · Tether</title>", "belt held", "no belt", "belt ± 2 SE", "none ± 2 SE");
        assertThat(between(html, "<table class=\"settings\">", "</table>"))
                .contains("<tr><th>belt.controller</th><td>pi</td><td>fixed</td>", "<tr><th>belt.kl_coef</th>")
                .doesNotContain("update.epochs");
        assertThat(html.split("<table class=\"steps exact\">", -1)).hasSize(3);
    }

    @Test
    void aRunThatHasOnlyBegunCanBeReported() throws IOException {
        RunDirectory begun = RunDirectory.create(folder.resolve("begun"));
        JournalWriter.create(begun.journal()).close();
        Files.writeString(begun.journal(), "{\"type\":\"ru", StandardOpenOption.APPEND);

        assertThat(RunReport.of(begun).html())
                .contains("No step was taken yet.", "Line 1 of the journal was never finished")
                .doesNotContain("<figure>", "NaN");
        assertThat(RunReport.of(begun).text()).contains("begun: no steps");
    }

    @Test
    void stepsThatKnowLittleAreReportedAsFarAsTheyGo() throws IOException {
        RunDirectory run = RunDirectory.create(folder.resolve("sparse"));
        try (JournalWriter journal = JournalWriter.create(run.journal())) {
            journal.append(StepRecord.builder(1).entropy(2.5).build());
            journal.append(StepRecord.builder(2).entropy(2.25).build());
            journal.append(Finding.of(2, "entropy-falls", Finding.Severity.WARNING, "Entropy <falls>."));
        }

        String html = RunReport.of(run).html();

        assertThat(html)
                .contains("<figcaption>Entropy</figcaption>", "Entropy &lt;falls&gt;.")
                .doesNotContain("NaN", "score");
        assertThat(RunReport.of(run).text())
                .contains("KL to the reference was not measured.", "! step 2, entropy-falls: Entropy <falls>.");
    }

    @Test
    void aPlaceWithoutAJournalIsRefusedInOneLine() throws IOException {
        Files.writeString(folder.resolve("settings.yaml"), "");

        assertThatThrownBy(() -> RunReport.of(RunDirectory.open(folder)))
                .isInstanceOf(InputException.class)
                .hasMessage("nothing to report of " + folder + ": it has no journal.jsonl yet");
    }

    @Test
    void theFileIsWrittenWhole() {
        RunDirectory run = run("a", "steps=30");

        RunReport.of(run).write(run.report());

        assertThat(run.report()).hasContent(RunReport.of(run).html());
    }

    @Test
    void aThousandStepsStayUnderTwoMegabytes() {
        RunDirectory run = run("long", "steps=1000");
        RunReport.of(run).write(run.report());
        assertThat(run.report().toFile().length()).as("bytes").isLessThan(2_000_000);
    }

    @Test
    void theTextFitsATerminalAndSaysWhatThePageSays() {
        String text = RunReport.of(run("a", "steps=60")).text();

        assertThat(text.lines().toList())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
        assertThat(text)
                .startsWith(
                        "a: belt held\n  60 steps were taken; the run is complete.\n  The belt held: over the last 20 steps")
                .contains(
                        "  mean KL       good  ",
                        "  max KL        good  ",
                        "  KL over time  good  ",
                        "  mean reward   good  ");
    }

    private RunDirectory run(String name, String... overrides) {
        return new SyntheticRun(RunSettings.defaults().with(overrides)).writeTo(folder.resolve(name));
    }

    private static OptionalDouble value(String table, int row, String key) {
        int column = HEAD.matcher(table).results().map(m -> m.group(1)).toList().indexOf(key);
        List<String> cells = new ArrayList<>();
        for (MatchResult cell : CELL.matcher(rows(table).get(row)).results().toList()) {
            cells.add(cell.group(1));
        }
        String text = cells.get(column);
        return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
    }

    private static List<String> rows(String table) {
        String body = between(table, "<tbody>", "</tbody>");
        return List.of(body.strip().split("</tr>\\s*"));
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin);
        assertThat(from).as(begin).isNotNegative();
        int to = text.indexOf(end, from);
        return text.substring(from, to < 0 ? text.length() : to);
    }
}
