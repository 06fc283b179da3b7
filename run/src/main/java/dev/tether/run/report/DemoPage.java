package dev.tether.run.report;

import static dev.tether.run.chart.Xml.escape;

import dev.tether.run.AtomicFiles;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.StepRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The demonstration as one page: the same learned reward without a belt, with a fixed coefficient and on a budget.
 *
 * @param title of the page
 * @param introduction sentences before the runs
 * @param runs in the order in which they are told
 */
public record DemoPage(String title, List<String> introduction, List<RecordedRun> runs) {
    public DemoPage {
        introduction = List.copyOf(introduction);
        runs = List.copyOf(runs);
    }

    /** One file that needs nothing else. */
    public String html() {
        StringBuilder out = new StringBuilder();
        out.append("<header>\n<h1><span class=\"name\">").append(escape(title)).append("</span></h1>\n");
        introduction.forEach(
                sentence -> out.append("<p>").append(escape(sentence)).append("</p>\n"));
        runs.forEach(run -> out.append("<p class=\"verdict\">")
                .append(escape(DemoStory.of(run.name(), run.steps()).sentence()))
                .append(".</p>\n"));
        out.append("</header>\n<section><h2>What happened</h2>\n");
        HtmlPage.charts(
                out,
                List.of(
                        chart("What was trained on: the learned reward", "mean reward", StepRecord::score),
                        chart("What was really wanted: quality × stars", "mean gold, 0 to 1", StepRecord::goldScore),
                        kl(),
                        goldAgainstRootKl(),
                        figure(
                                "Variety: different pairs of neighbouring tokens",
                                "share of all pairs",
                                step -> step.text()
                                        .map(text -> text.distinctBigrams())
                                        .orElse(OptionalDouble.empty())),
                        figure("KL coefficient β", "reward per nat", StepRecord::klCoef)));
        out.append("</section>\n");
        answers(out);
        return HtmlPage.of(
                title,
                out,
                "KL is KL(policy ‖ reference), exact over the vocabulary at sampled prefixes. Gold is never trained on."
                        + " Each run's own report lies in its directory.");
    }

    /** Writes {@link #html} whole or not at all. */
    public void write(Path file) {
        AtomicFiles.writeFile(file, html());
    }

    private Chart chart(String title, String unit, Function<StepRecord, Optional<Distribution>> what) {
        return figure(
                title,
                unit,
                step -> what.apply(step)
                        .map(distribution -> OptionalDouble.of(distribution.mean()))
                        .orElse(OptionalDouble.empty()));
    }

    private Chart kl() {
        return figure("How far from the model it was", "KL, nats per sequence", DemoPage::nats);
    }

    private static OptionalDouble nats(StepRecord step) {
        return step.referenceKl().map(kl -> kl.natsPerSequence()).orElse(OptionalDouble.empty());
    }

    private Chart figure(String title, String unit, Function<StepRecord, OptionalDouble> figure) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            List<StepRecord> known = runs.get(i).steps().stream()
                    .filter(step -> figure.apply(step).isPresent())
                    .toList();
            series.add(Series.line(
                    runs.get(i).name(),
                    i,
                    known.stream().mapToDouble(StepRecord::step).toArray(),
                    known.stream()
                            .mapToDouble(step -> figure.apply(step).orElseThrow())
                            .toArray()));
        }
        return Chart.of(title, "step", unit, series);
    }

    private Chart goldAgainstRootKl() {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            List<StepRecord> known = runs.get(i).steps().stream()
                    .filter(step -> nats(step).isPresent() && step.goldScore().isPresent())
                    .toList();
            series.add(Series.line(
                            runs.get(i).name(),
                            i,
                            known.stream()
                                    .mapToDouble(step ->
                                            Math.sqrt(Math.max(0, nats(step).orElseThrow())))
                                    .toArray(),
                            known.stream()
                                    .mapToDouble(step ->
                                            step.goldScore().orElseThrow().mean())
                                    .toArray())
                    .with(Series.Look.DOTS));
        }
        return Chart.of("Gold against √KL", "√KL, KL in nats per sequence", "mean gold", series)
                .with(Chart.Widths.AMOUNTS);
    }

    private void answers(StringBuilder out) {
        out.append("<section><h2>What they write</h2>\n");
        for (RecordedRun run : runs) {
            out.append(
                    "<h3>%s</h3>\n<table class=\"samples\"><thead><tr><th>at the first step</th><th>at the last</th></tr>"
                            .formatted(escape(run.name())));
            out.append("</thead><tbody>\n");
            run.samples().stream()
                    .limit(2)
                    .forEach(pair -> out.append(
                            "<tr><td>%s</td><td>%s</td></tr>\n".formatted(answer(pair.first()), answer(pair.last()))));
            out.append("</tbody></table>\n");
        }
        out.append("</section>\n");
    }

    private static String answer(SamplePair.Answer sample) {
        return "<b>" + escape(sample.prompt()) + "</b>" + escape(sample.response());
    }
}
