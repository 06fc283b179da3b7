package dev.tether.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.StepRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.Gauge;
import org.hawkular.agent.prometheus.types.Metric;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics}, read back by a parser that is not the writer's. */
@Timeout(60)
class MetricsPageTest {
    @TempDir
    Path folder;

    @Test
    void everyFigureIsTheOneOfTheLastStep() {
        PaintedRun.write(folder.resolve("one"), 1, 12);
        try (PaintedRun two = PaintedRun.begin(folder.resolve("two \"quoted\""), 2, 100)) {
            two.take(3);
            two.find("KL_HIGH", Finding.Severity.WARNING, "KL is above its range");
        }
        try (Dashboard dashboard = serve()) {
            List<MetricFamily> families = whenRead(new Visitor(dashboard), 3);
            List<StepRecord> steps = JournalReader.readAll(new RunDirectory(folder.resolve("one")).journal())
                    .steps();
            StepRecord last = steps.get(11);
            ReferenceKl kl = last.referenceKl().orElseThrow();

            Map<String, String> one = Map.of("run", "one");
            Map<String, String> oneKl = Map.of("run", "one", "direction", "policy_to_reference", "estimator", "k1");
            assertThat(gauge(families, "tether_kl_nats_per_sequence", oneKl))
                    .isEqualTo(kl.natsPerSequence().orElseThrow());
            assertThat(gauge(families, "tether_kl_standard_error_nats_per_sequence", oneKl))
                    .isEqualTo(kl.seNatsPerSequence().orElseThrow());
            assertThat(gauge(families, "tether_kl_nats_per_token", oneKl))
                    .isEqualTo(kl.natsPerToken().orElseThrow());
            assertThat(gauge(families, "tether_kl_max_nats_per_token", oneKl))
                    .isEqualTo(kl.maxNatsPerToken().orElseThrow());
            assertThat(gauge(families, "tether_kl_target_nats_per_sequence", one))
                    .isEqualTo(PaintedRun.TARGET);
            assertThat(gauge(families, "tether_kl_coef", one))
                    .isEqualTo(last.klCoef().orElseThrow());
            assertThat(gauge(families, "tether_score_mean", one))
                    .isEqualTo(last.score().orElseThrow().mean());
            assertThat(gauge(families, "tether_entropy_nats_per_token", one))
                    .isEqualTo(last.entropy().orElseThrow());
            assertThat(gauge(families, "tether_step", one)).isEqualTo(12);
            assertThat(counter(families, "tether_tokens_total", one))
                    .isEqualTo(steps.stream()
                            .mapToLong(step -> step.tokens().orElseThrow())
                            .sum());
            assertThat(gauge(families, "tether_run_state", Map.of("run", "one", "state", "completed")))
                    .isEqualTo(1);

            Map<String, String> warnings = Map.of("run", "two \"quoted\"", "severity", "warning");
            assertThat(gauge(families, "tether_findings", warnings)).isEqualTo(1);
            assertThat(gauge(families, "tether_planned_steps", Map.of("run", "two \"quoted\"")))
                    .isEqualTo(100);
            assertThat(gauge(families, "tether_run_state", Map.of("run", "two \"quoted\"", "state", "running")))
                    .isEqualTo(1);
        }
    }

    @Test
    void whatARunDoesNotKnowHasNoSample() {
        PaintedRun.begin(folder.resolve("new"), 1, 10).close();
        try (Dashboard dashboard = serve()) {
            List<MetricFamily> families = whenRead(new Visitor(dashboard), 0);
            assertThat(samples(families, "tether_kl_nats_per_sequence")).isEmpty();
            assertThat(samples(families, "tether_kl_coef")).isEmpty();
            assertThat(samples(families, "tether_step")).hasSize(1);
        }
    }

    @Test
    void twoRunsOfOneNameAreTwo() {
        PaintedRun.write(folder.resolve("x/b/run"), 1, 2);
        PaintedRun.write(folder.resolve("y/b/run"), 2, 2);
        PaintedRun.write(folder.resolve("z/b/run"), 3, 2);
        try (Dashboard dashboard =
                serve(folder.resolve("x/b/run"), folder.resolve("y/b/run"), folder.resolve("z/b/run"))) {
            assertThat(samples(whenRead(new Visitor(dashboard), 2), "tether_step"))
                    .extracting(metric -> metric.getLabels().get("run"))
                    .containsExactlyInAnyOrder("run", "b/run", "b/run#2");
        }
    }

    @Test
    void whoAsksForOpenMetricsGetsThem() {
        PaintedRun.write(folder.resolve("one"), 1, 2);
        try (Dashboard dashboard = serve()) {
            HttpResponse<String> answer = new Visitor(dashboard)
                    .get("/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/openmetrics-text");
            assertThat(answer.body()).endsWith("# EOF\n");
        }
    }

    @Test
    void onlyThatAddressIsAnsweredAndOnlyUnderTheNamesOfThisMachine() throws IOException {
        PaintedRun.write(folder.resolve("one"), 1, 2);
        try (Dashboard dashboard = serve()) {
            Visitor visitor = new Visitor(dashboard);
            assertThat(visitor.get("/metrics/more").statusCode()).isEqualTo(404);
            assertThat(visitor.send("POST", "/metrics").statusCode()).isEqualTo(405);
            assertThat(visitor.raw("GET /metrics HTTP/1.1\nHost: rebound.example\n\n"))
                    .contains("421");
        }
    }

    private Dashboard serve(Path... runs) {
        List<Path> places = runs.length == 0 ? List.of(folder) : List.of(runs);
        return Dashboard.start(DashboardSettings.of(places, DashboardSettings.LOOPBACK, 0));
    }

    /** As soon as the last run is known up to {@code step}, and with as many findings as it has then. */
    private static List<MetricFamily> whenRead(Visitor visitor, long step) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (true) {
            List<MetricFamily> families = parse(visitor.get("/metrics").body());
            List<? extends Metric> steps = samples(families, "tether_step");
            boolean reading = samples(families, "tether_run_state").stream()
                    .anyMatch(state ->
                            state.getLabels().get("state").equals("reading") && ((Gauge) state).getValue() == 1);
            if (!reading && ((Gauge) steps.get(steps.size() - 1)).getValue() == step) {
                return families;
            }
            assertThat(System.nanoTime()).as("time to wait for step " + step).isLessThan(end);
        }
    }

    private static List<MetricFamily> parse(String page) {
        CollectorPrometheusMetricsWalker walker = new CollectorPrometheusMetricsWalker();
        new TextPrometheusMetricsProcessor(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)), walker)
                .walk();
        return walker.getAllMetricFamilies();
    }

    private static List<? extends Metric> samples(List<MetricFamily> families, String name) {
        return families.stream()
                .filter(family -> family.getName().equals(name))
                .findFirst()
                .map(MetricFamily::getMetrics)
                .orElse(List.of());
    }

    private static double gauge(List<MetricFamily> families, String name, Map<String, String> labels) {
        return ((Gauge) sample(families, name, labels)).getValue();
    }

    private static double counter(List<MetricFamily> families, String name, Map<String, String> labels) {
        return ((Counter) sample(families, name, labels)).getValue();
    }

    private static Metric sample(List<MetricFamily> families, String name, Map<String, String> labels) {
        return samples(families, name).stream()
                .filter(metric -> metric.getLabels().equals(labels))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + labels + " among " + samples(families, name)));
    }
}
