package dev.tether.web.metrics;

import dev.tether.web.follow.Figure;
import dev.tether.web.follow.RunFeed;
import dev.tether.web.follow.RunSummary;
import dev.tether.web.follow.Table;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs as metrics of Prometheus, each with the label {@code run}. A figure that a run does not know has no sample; the
 * unit stands in the name, direction and estimator of a KL in its labels. docs/outputs.md lists the names, and a test
 * compares.
 */
public final class RunMetrics {
    private static final List<String> SEVERITIES = List.of("info", "warning", "critical");
    /** A counter: its samples are called {@code …_total}. */
    private static final String TOKENS = "tether_tokens";

    private final List<Scraped> runs;
    private final List<MetricSnapshot> metrics = new ArrayList<>();

    /** One run at one moment. */
    private record Scraped(String run, RunSummary summary, double tokens, String estimator) {
        double latest(Figure figure) {
            return summary.latest().getOrDefault(figure.key(), Double.NaN);
        }

        Labels labels() {
            return Labels.of("run", run);
        }

        /** Of a figure that is KL(policy ‖ reference). */
        Labels klLabels() {
            return labels().add("direction", "policy_to_reference").add("estimator", estimator);
        }
    }

    private RunMetrics(List<Scraped> runs) {
        this.runs = runs;
    }

    /** What is known of the runs now. */
    public static MetricSnapshots of(List<RunFeed> feeds) {
        Set<String> names = new HashSet<>();
        List<Scraped> runs = new ArrayList<>();
        for (RunFeed feed : feeds) {
            RunSummary summary = feed.summary();
            String name = names.add(summary.name()) ? summary.name() : summary.name() + "#" + summary.id();
            String estimator = feed.klMeasure()
                    .map(measure -> measure.name().toLowerCase(Locale.ROOT))
                    .orElse("unknown");
            runs.add(new Scraped(name, summary, total(feed.table(), Figure.TOKENS), estimator));
        }
        return new RunMetrics(runs).all();
    }

    private static double total(Table table, Figure figure) {
        double total = 0;
        for (int row = 0; row < table.size(); row++) {
            double value = table.figure(figure, row);
            total += Double.isFinite(value) ? value : 0;
        }
        return total;
    }

    private MetricSnapshots all() {
        kl("tether_kl_nats_per_sequence", "Measured KL to the reference", Figure.KL_PER_SEQUENCE);
        kl("tether_kl_standard_error_nats_per_sequence", "Standard error of the KL", Figure.KL_PER_SEQUENCE_SE);
        kl("tether_kl_nats_per_token", "Measured KL to the reference", Figure.KL_PER_TOKEN);
        kl("tether_kl_standard_error_nats_per_token", "Standard error of the KL", Figure.KL_PER_TOKEN_SE);
        kl("tether_kl_max_nats_per_token", "Largest KL of a single token", Figure.MAX_KL);
        target("nats_per_sequence");
        target("nats_per_token");
        figure("tether_kl_coef", "Coefficient beta of the KL penalty", Figure.KL_COEF);
        figure("tether_score_mean", "Mean score of the reward", Figure.SCORE);
        figure("tether_gold_score_mean", "Mean gold score, measured and never trained on", Figure.GOLD_SCORE);
        figure("tether_entropy_nats_per_token", "Entropy of the policy", Figure.ENTROPY);
        figure("tether_reference_nll_nats_per_token", "What the reference makes of the samples", Figure.REFERENCE_NLL);
        figure("tether_response_tokens_mean", "Mean length of a response", Figure.LENGTH);
        figure("tether_distinct_bigrams", "Share of bigrams that are distinct", Figure.DISTINCT_BIGRAMS);
        figure("tether_tokens_per_second", "Speed of the last step", Figure.TOKENS_PER_SECOND);
        gauge("tether_step", "Last step that was taken", run ->
                (double) run.summary().lastStep());
        gauge("tether_planned_steps", "Steps that the run is to have", RunMetrics::planned);
        tokens();
        findings();
        states();
        return new MetricSnapshots(metrics);
    }

    private static double planned(Scraped run) {
        long planned = run.summary().plannedSteps();
        return planned > 0 ? planned : Double.NaN;
    }

    private void kl(String name, String help, Figure figure) {
        gauge(name, help, run -> run.latest(figure), Scraped::klLabels);
    }

    private void figure(String name, String help, Figure figure) {
        gauge(name, help, run -> run.latest(figure));
    }

    private void target(String unit) {
        gauge(
                "tether_kl_target_" + unit,
                "Target of the controller, of a run whose target is in this unit",
                run -> run.summary().unit().filter(unit::equals).isPresent() ? run.latest(Figure.TARGET) : Double.NaN);
    }

    private void gauge(String name, String help, Function<Scraped, Double> value) {
        gauge(name, help, value, Scraped::labels);
    }

    private void gauge(String name, String help, Function<Scraped, Double> value, Function<Scraped, Labels> labels) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        for (Scraped run : runs) {
            double now = value.apply(run);
            if (!Double.isNaN(now)) {
                gauge.dataPoint(point(labels.apply(run), now));
            }
        }
        metrics.add(gauge.build());
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private void tokens() {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(TOKENS).help("Response tokens that were trained on");
        runs.forEach(run -> counter.dataPoint(CounterDataPointSnapshot.builder()
                .labels(run.labels())
                .value(run.tokens())
                .build()));
        metrics.add(counter.build());
    }

    private void findings() {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("tether_findings").help("What was found so far, by severity");
        for (Scraped run : runs) {
            for (String severity : SEVERITIES) {
                long count = run.summary().notices().getOrDefault(severity, 0L);
                gauge.dataPoint(point(run.labels().add("severity", severity), count));
            }
        }
        metrics.add(gauge.build());
    }

    private void states() {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("tether_run_state")
                .help("1 for the state that the run is in, 0 for the others");
        for (Scraped run : runs) {
            for (RunSummary.State state : RunSummary.State.values()) {
                Labels labels = run.labels().add("state", state.name().toLowerCase(Locale.ROOT));
                gauge.dataPoint(point(labels, run.summary().state() == state ? 1 : 0));
            }
        }
        metrics.add(gauge.build());
    }

    /** The names of all metrics, as a page of Prometheus has them. */
    static Set<String> names() {
        return new RunMetrics(List.of())
                .all().stream()
                        .map(MetricSnapshot::getMetadata)
                        .map(metric -> metric.getName().equals(TOKENS) ? TOKENS + "_total" : metric.getName())
                        .collect(Collectors.toSet());
    }
}
