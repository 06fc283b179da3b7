package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.brief;

import dev.tether.core.control.KlTarget;
import dev.tether.core.kl.KlUnit;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import dev.tether.run.journal.PairFigures;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.TextFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The charts of a report. One run: a colour per figure; several: a colour per run. */
final class RunCharts {
    private static final String STEP = "step";

    private final List<RecordedRun> runs;

    RunCharts(List<RecordedRun> runs) {
        this.runs = runs;
    }

    /** Those of which something was measured, the most telling first. */
    List<Chart> all() {
        List<Chart> charts = new ArrayList<>(List.of(
                kl(KlUnit.NATS_PER_SEQUENCE),
                score(),
                klPerToken(),
                maxKl(),
                beta(),
                rewardAgainstRootKl(),
                plain("Pairs told apart", "share of the pairs", 3, pairs(PairFigures::accuracy)),
                plain("Margin of the pairs", "nats", 4, pairs(PairFigures::margin)),
                plain("Entropy", "nats per token", 2, StepRecord::entropy),
                responseLength(),
                plain("Distinct token pairs", "share of all pairs", 3, text(TextFigures::distinctBigrams)),
                plain("Compressed size of the responses", "share of their size", 4, text(TextFigures::compression)),
                plain("−log π_ref of the samples", "nats per token", 6, StepRecord::referenceNll)));
        if (runs.size() > 1) {
            charts.add(2, rlhfReward());
        }
        charts.removeIf(Chart::isEmpty);
        return charts;
    }

    /** Mean KL with its error band, and the target where it has this unit. */
    Chart kl(KlUnit unit) {
        boolean perToken = unit == KlUnit.NATS_PER_TOKEN;
        Chart chart = Chart.of(
                perToken ? "Mean KL per token" : "Mean KL over time",
                STEP,
                perToken ? "nats per token" : "nats per sequence",
                perRun("KL", 0, run -> Course.kl(run.steps(), unit)));
        for (double target : targets(unit)) {
            chart = chart.with(new Chart.Guide("target " + brief(target), target));
        }
        return chart;
    }

    private Chart klPerToken() {
        return kl(KlUnit.NATS_PER_TOKEN)
                .with(Chart.Zone.healthy("healthy: 0.01 to 0.1", Watch.HEALTHY_LOW, Watch.HEALTHY_HIGH));
    }

    /** Mean score with its error band; of one run also what is left of it after paying for KL. */
    Chart score() {
        List<Series> series = new ArrayList<>(perRun("score", 1, run -> Course.score(run.steps())));
        if (runs.size() == 1) {
            series.addAll(perRun("gold score", 2, run -> Course.gold(run.steps())));
            rlhfReward().series().forEach(line -> series.add(line.with(Series.Look.DASHED)));
        }
        return Chart.of("Mean reward", STEP, "score", series);
    }

    private Chart rlhfReward() {
        return plain("rlhf reward", "score − β · KL", 3, StepRecord::rlhfReward);
    }

    private Chart maxKl() {
        return plain(
                "Max KL of a token",
                "nats",
                4,
                step -> step.referenceKl().map(ReferenceKl::maxNatsPerToken).orElse(OptionalDouble.empty()));
    }

    private Chart beta() {
        return plain("KL coefficient β", "score per nat", 5, StepRecord::klCoef).with(Chart.Heights.RATIOS_WHERE_WIDE);
    }

    private Chart responseLength() {
        return plain(
                "Response length",
                "tokens per response",
                6,
                step -> step.responseTokens()
                        .map(ResponseTokens::mean)
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()));
    }

    /** How much score each distance bought: the picture in which over-optimisation shows as a bend. */
    private Chart rewardAgainstRootKl() {
        List<Series> trails = IntStream.range(0, runs.size())
                .mapToObj(i -> trail(runs.get(i), i))
                .toList();
        return Chart.of("Reward against √KL, early steps pale", "√KL, KL in nats per sequence", "mean score", trails)
                .with(Chart.Widths.AMOUNTS);
    }

    private Series trail(RecordedRun run, int colour) {
        List<double[]> points = new ArrayList<>();
        for (StepRecord step : run.steps()) {
            OptionalDouble kl =
                    step.referenceKl().map(ReferenceKl::natsPerSequence).orElse(OptionalDouble.empty());
            if (kl.isPresent() && kl.getAsDouble() >= 0) {
                step.score().ifPresent(score -> points.add(new double[] {Math.sqrt(kl.getAsDouble()), score.mean()}));
            }
        }
        return Series.line(
                        label("score", run),
                        runs.size() == 1 ? 1 : colour,
                        points.stream().mapToDouble(p -> p[0]).toArray(),
                        points.stream().mapToDouble(p -> p[1]).toArray())
                .with(Series.Look.TRAIL);
    }

    private static Function<StepRecord, OptionalDouble> text(Function<TextFigures, OptionalDouble> figure) {
        return step -> step.text().map(figure).orElse(OptionalDouble.empty());
    }

    private static Function<StepRecord, OptionalDouble> pairs(ToDoubleFunction<PairFigures> figure) {
        return step -> step.pairs().stream().mapToDouble(figure).findFirst();
    }

    private Chart plain(String title, String unit, int colour, Function<StepRecord, OptionalDouble> figure) {
        return Chart.of(title, STEP, unit, perRun(title, colour, run -> Course.of(run.steps(), figure)));
    }

    private List<Series> perRun(String figure, int colourOfOne, Function<RecordedRun, Course> course) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            int colour = runs.size() == 1 ? colourOfOne : i;
            series.add(line(label(figure, runs.get(i)), colour, course.apply(runs.get(i))));
        }
        return series;
    }

    private String label(String figure, RecordedRun run) {
        return runs.size() == 1 ? figure : run.name();
    }

    /** With a band of its errors, where they are known. */
    static Series line(String name, int colour, Course course) {
        Series line = plainLine(name, colour, course);
        return band(course).map(line::with).orElse(line);
    }

    static Series plainLine(String name, int colour, Course course) {
        return Series.line(name, colour, course.steps(), course.values());
    }

    /** Two standard errors to each side: about 95 %. */
    private static Optional<Series.Band> band(Course course) {
        boolean known = IntStream.range(0, course.length()).anyMatch(i -> course.errors()[i] > 0);
        return known ? Optional.of(Series.Band.ofTwoErrors(shifted(course, -2), shifted(course, 2))) : Optional.empty();
    }

    private static double[] shifted(Course course, double errors) {
        return IntStream.range(0, course.length())
                .mapToDouble(i -> course.values()[i] + errors * course.errors()[i])
                .toArray();
    }

    private Set<Double> targets(KlUnit unit) {
        return runs.stream()
                .flatMap(run -> run.target().stream())
                .filter(target -> target.unit() == unit)
                .map(KlTarget::nats)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
