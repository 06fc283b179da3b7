package dev.tether.run.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.core.frontier.OveroptimizationDesk;
import dev.tether.core.frontier.OveroptimizationDesk.Standing;
import dev.tether.core.frontier.OveroptimizationFit;
import dev.tether.core.frontier.OveroptimizationFit.Form;
import dev.tether.core.monitor.Figure;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.foreign.FigureColumns;
import dev.tether.run.foreign.ForeignRuns;
import dev.tether.run.journal.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logs of real runs by other trainers, read through a few column names: the findings are what is known of them. */
class RealLogsTest {
    /** 1,410 rows, four restarts in one file; 1,101 of them negative, one spike to 40.7. */
    @Test
    void aGrpoRunWithNegativeKlAndSpikesIsFoundToHaveBoth() {
        List<List<ObservedStep>> runs = runs(
                "rookworld-grpo/src__mini__logs__training_history.jsonl",
                "step=step",
                "score.mean=mean_reward",
                "reference_kl.nats_per_token=kl_div",
                "policy_loss=loss");

        assertThat(runs).extracting(List::size).containsExactly(3, 5, 642, 595, 165);
        for (List<ObservedStep> run : runs.subList(2, 5)) {
            assertThat(Monitor.findings(run))
                    .extracting(Finding::code)
                    .contains("KL_SIGNIFICANTLY_NEGATIVE", "KL_SPIKE");
        }
        // the spike of the fourth run is at its end, where KL runs away
        assertThat(Monitor.findings(runs.get(3)))
                .filteredOn(finding -> finding.step() > 500)
                .extracting(Finding::code)
                .containsExactly("KL_GROWS_WITHOUT_BOUND", "KL_ABOVE_RANGE", "KL_SPIKE");
    }

    /** Proxy rises all along; gold peaks at 1.07, at a KL of 2.70, and falls to 0.76 as KL reaches 5.47. */
    @Test
    void aRunThatWasOveroptimisedIsFoundToBeAndItsFittedPeakIsNearTheObservedOne() {
        List<ObservedStep> run = runs(
                        "proxy-gold/results__training_dynamics.csv",
                        "step=step",
                        "score.mean=proxy",
                        "gold_score.mean=gold",
                        "reference_kl.nats_per_sequence=kl")
                .get(0);

        assertThat(Monitor.findings(run)).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("GOLD_FALLS_WHILE_SCORE_RISES");
            assertThat(finding.step()).isBetween(100L, 300L);
        });
        ObservedStep best = run.stream()
                .max(Comparator.comparingDouble(step -> step.at(Figure.GOLD_SCORE)))
                .orElseThrow();
        OveroptimizationDesk desk = RunCheck.ofObserved(run).overoptimization().orElseThrow();
        assertThat(desk.standing()).isEqualTo(Standing.PAST_PEAK);
        OveroptimizationFit.Peak peak = desk.fits().get(0).peak().orElseThrow();
        assertThat(desk.fits().get(0).form()).isEqualTo(Form.LINEAR);
        assertThat(desk.fits().get(0).rSquared()).isGreaterThan(0.98);
        assertThat(Math.sqrt(peak.nats())).isCloseTo(Math.sqrt(best.at(Figure.KL_PER_SEQUENCE)), within(0.1));
        assertThat(peak.gold()).isCloseTo(best.at(Figure.GOLD_SCORE), within(0.01));
    }

    /** Seven rows with a sampler that is off by 9e-4 nats per token, as bfloat16 samplers are: nothing to find. */
    @Test
    void aSamplerThatIsOffByRoundingIsNoFinding() {
        List<ObservedStep> run = runs(
                        "tinker-rl/logs__metrics.jsonl",
                        "step=step",
                        "sampler_kl.nats_per_token=optim/kl_sample_train_v1")
                .get(0);

        assertThat(figures(run, Figure.SAMPLER_KL)).isNotEmpty();
        assertThat(Monitor.findings(run)).isEmpty();
    }

    private static double[] figures(List<ObservedStep> run, Figure figure) {
        return run.stream()
                .filter(step -> step.knows(figure))
                .mapToDouble(step -> step.at(figure))
                .toArray();
    }

    private static List<List<ObservedStep>> runs(String log, String... columns) {
        Path file = Path.of(System.getProperty("tether.shared"), "logs").resolve(log);
        assumeTrue(Files.isRegularFile(file), "needs " + file);
        return ForeignRuns.read(file, FigureColumns.parse(List.of(columns)));
    }
}
