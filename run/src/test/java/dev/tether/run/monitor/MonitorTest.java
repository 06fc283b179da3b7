package dev.tether.run.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.monitor.Checks;
import dev.tether.core.monitor.Figure;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.StepRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitorTest {
    @Test
    void aFullStepTellsTheChecksEveryFigureThereIs() {
        ObservedStep step = StepReading.of(Rows.full(7));

        assertThat(Arrays.stream(Figure.values()).filter(figure -> !step.knows(figure)))
                .containsExactly(Figure.TARGET_PER_TOKEN);
        assertThat(step.step()).isEqualTo(7);
        assertThat(step.at(Figure.SCORE)).isEqualTo(0.5);
        assertThat(step.at(Figure.GOLD_SCORE)).isEqualTo(0.4375);
        assertThat(step.at(Figure.KL_PER_TOKEN)).isEqualTo(0.1);
        assertThat(step.at(Figure.KL_PER_SEQUENCE)).isEqualTo(4.8);
        assertThat(step.at(Figure.TARGET_PER_SEQUENCE)).isEqualTo(6);
        assertThat(step.at(Figure.DISTINCT_BIGRAMS)).isEqualTo(0.65625);
        assertThat(step.at(Figure.COMPRESSION)).isEqualTo(0.46875);
        assertThat(step.at(Figure.REFERENCE_NLL)).isEqualTo(2.375);
        assertThat(step.at(Figure.BELT_VERDICT)).isZero();
    }

    @Test
    void anEmptyStepTellsNothingAndNothingIsNoNumber() {
        ObservedStep step = StepReading.of(StepRecord.builder(1).build());

        assertThat(Arrays.stream(Figure.values())).noneMatch(step::knows);
        assertThat(step.noNumbers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"AT_FLOOR, -1", "AT_CEILING, 1", "RAISED, 0", "HELD, 0"})
    void theControllersReasonSaysWhetherTheCoefficientIsAtABound(MoveReason.Kind kind, double bound) {
        StepRecord step = StepRecord.builder(1)
                .controller(ControllerFigures.of(
                        "pi", new KlTarget(0.1, KlUnit.NATS_PER_TOKEN), new MoveReason(kind, "because")))
                .build();

        assertThat(StepReading.of(step).at(Figure.COEFFICIENT_BOUND)).isEqualTo(bound);
        assertThat(StepReading.of(step).at(Figure.TARGET_PER_TOKEN)).isEqualTo(0.1);
    }

    @Test
    void aFindingCarriesSentenceAdviceAndNumbers() {
        List<Finding> findings = findings(Monitor.start(), collapsing(1, 80));

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("ENTROPY_COLLAPSE");
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.step()).isBetween(50L, 80L);
            assertThat(finding.sentence()).startsWith("The policy has become ");
            assertThat(finding.advice().orElseThrow()).startsWith("raise kl_coef");
            assertThat(finding.explanation().orElseThrow().parts()).hasSize(2);
        });
    }

    @Test
    void aResumedRunFindsWhatTheUninterruptedOneFinds() {
        List<StepRecord> steps = collapsing(1, 80);
        List<Finding> whole = findings(Monitor.start(), steps);

        for (int stopped : new int[] {1, 30, 60, 79}) {
            List<Finding> before = findings(Monitor.start(), steps.subList(0, stopped));
            List<Finding> after = findings(Monitor.after(steps.subList(0, stopped)), steps.subList(stopped, 80));
            assertThat(Stream.concat(before.stream(), after.stream()).toList())
                    .as("stopped after " + stopped)
                    .isEqualTo(whole);
        }
    }

    @Test
    void aFigureThatIsGoneIsSaidToBeNoNumber() {
        List<StepRecord> steps = new ArrayList<>(collapsing(1, 2));
        steps.add(StepRecord.builder(3).build());

        assertThat(findings(Monitor.start(), steps)).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("NOT_A_NUMBER");
            assertThat(finding.severity()).isEqualTo(Finding.Severity.CRITICAL);
            assertThat(finding.sentence()).contains("entropy");
        });
    }

    @Test
    void everySeverityOfACheckIsOneOfTheJournals() {
        assertThat(Checks.all())
                .allSatisfy(check ->
                        Finding.Severity.valueOf(check.card().severity().name()));
    }

    private static List<Finding> findings(Monitor monitor, List<StepRecord> steps) {
        return steps.stream().flatMap(step -> monitor.see(step).stream()).toList();
    }

    private static List<StepRecord> collapsing(long seed, int count) {
        Random random = new Random(seed);
        return IntStream.rangeClosed(1, count)
                .mapToObj(step -> StepRecord.builder(step)
                        .entropy((step < 40 ? 2 : 0.5) + 0.05 * random.nextGaussian())
                        .build())
                .toList();
    }
}
