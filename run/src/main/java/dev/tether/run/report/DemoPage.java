package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;
import static dev.tether.run.chart.Xml.escape;

import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.core.frontier.OveroptimizationFit;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.AtomicFiles;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.StepRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The demonstration as one page: the same learned reward without a belt, with a fixed coefficient and on a budget.
 *
 * @param title of the page
 * @param introduction sentences before the runs
 * @param runs in the order in which they are told
 */
public record DemoPage(String title, List<String> introduction, List<RecordedRun> runs) {
    private static final int CURVE_POINTS = 80;
    /** Of its budget, what a mean of fifteen steps may be off and still be called held. */
    private static final double HELD = 0.2;

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
                .append(escape(DemoStory.of(run.name(), run.steps()).sentence() + "." + held(run)))
                .append("</p>\n"));
        Optional<OveroptimizationDesk> desk = desk();
        desk.ifPresent(known ->
                out.append("<p class=\"verdict\">").append(escape(turn(known))).append("</p>\n"));
        out.append("</header>\n<section><h2>What happened</h2>\n");
        HtmlPage.charts(
                out,
                List.of(
                        chart("What was trained on: the learned reward", "mean reward", StepRecord::score),
                        chart("What was really wanted: quality × stars", "mean gold, 0 to 1", StepRecord::goldScore),
                        kl(),
                        goldAgainstRootKl(desk),
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

    /** Whether a budget was kept at the end. */
    private static String held(RecordedRun run) {
        double nats = DemoStory.of(run.name(), run.steps()).nats();
        return run.target()
                .filter(target -> target.unit() == KlUnit.NATS_PER_SEQUENCE)
                .map(target -> " "
                        + (Math.abs(nats - target.nats()) <= HELD * target.nats()
                                ? "The belt held it at its budget: "
                                : "The belt did not hold it at its budget: ")
                        + rough(target.nats()) + " nats were wanted, " + rough(nats) + " is the mean of the last "
                        + DemoStory.WINDOW + " steps.")
                .orElse("");
    }

    /** Of the run that went furthest, as far as its gold had not fallen to the floor. */
    private Optional<OveroptimizationDesk> desk() {
        return furthest().map(course -> course.aboveTheFloor().desk());
    }

    private Optional<GoldCourse> furthest() {
        return runs.stream()
                .map(run -> GoldCourse.of(run.steps()))
                .flatMap(Optional::stream)
                .max(Comparator.comparingDouble(DemoPage::furthest));
    }

    private static double furthest(GoldCourse course) {
        return Arrays.stream(course.nats()).max().orElse(0);
    }

    /** Where gold turns, and that the belt ends before it. */
    private static String turn(OveroptimizationDesk desk) {
        return desk.fits().stream()
                .findFirst()
                .flatMap(fit -> fit.peak()
                        .filter(peak -> desk.standing() != OveroptimizationDesk.Standing.CANNOT_TELL)
                        .map(peak -> "Gold against distance: without a belt, what is really wanted peaks at a KL of "
                                + rough(peak.nats()) + " nats ("
                                + rough(peak.natsInterval().low()) + " to "
                                + rough(peak.natsInterval().high()) + "), and falls beyond. The fitted curve, gold = "
                                + fit.form().formula() + " with d = √KL (Gao, Schulman and Hilton 2022), explains "
                                + Math.round(100 * fit.rSquared())
                                + " % of the variance until gold nears its floor of 0."))
                .orElse(desk.sentence());
    }

    private Chart goldAgainstRootKl(Optional<OveroptimizationDesk> desk) {
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
        desk.ifPresent(known -> series.addAll(fitted(known)));
        return Chart.of("Gold against √KL", "√KL, KL in nats per sequence", "mean gold", series)
                .with(Chart.Widths.AMOUNTS);
    }

    /** The curve as far as its points go, and its top. */
    private List<Series> fitted(OveroptimizationDesk desk) {
        if (desk.fits().isEmpty()) {
            return List.of();
        }
        OveroptimizationFit fit = desk.fits().get(0);
        double end = furthest().map(course -> furthest(course.aboveTheFloor())).orElse(0.0);
        double[] d = IntStream.rangeClosed(0, CURVE_POINTS)
                .mapToDouble(i -> Math.sqrt(end) * i / CURVE_POINTS)
                .toArray();
        List<Series> series = new ArrayList<>();
        series.add(Series.line(
                "fit, no belt",
                runs.size(),
                d,
                Arrays.stream(d).map(x -> fit.goldAt(x * x)).toArray()));
        fit.peak()
                .filter(peak -> peak.nats() <= end)
                .ifPresent(peak -> series.add(Series.line(
                                "its peak, " + rough(peak.nats()) + " nats",
                                runs.size() + 1,
                                new double[] {Math.sqrt(peak.nats())},
                                new double[] {peak.gold()})
                        .with(Series.Look.DOTS)));
        return series;
    }

    private void answers(StringBuilder out) {
        out.append("<section><h2>What they write</h2>\n");
        for (RecordedRun run : runs) {
            out.append(
                    "<h3 class=\"run\">%s</h3>\n<table class=\"samples\"><thead><tr><th>at the first step</th><th>at the last</th></tr>"
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
