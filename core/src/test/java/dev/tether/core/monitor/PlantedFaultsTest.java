package dev.tether.core.monitor;

import static dev.tether.core.monitor.SimulatedRun.with;
import static dev.tether.core.monitor.SimulatedRun.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check fires on the fault it is for: planted at step 100 of ten healthy runs, found in all ten and hardly repeated. */
class PlantedFaultsTest {
    private static final int FROM = 100;
    private static final int RUNS = 10;

    static Stream<Arguments> faults() {
        Random noise = new Random(5);
        return Stream.of(
                fault(
                        "KL_ABOVE_RANGE",
                        run -> scaled(run, Figure.KL_PER_TOKEN, 2.2, 0.13, Figure.KL_PER_SEQUENCE, 2.2, 0)),
                fault("KL_GROWS_WITHOUT_BOUND", run -> growing(run)),
                fault("KL_SPIKE", run -> once(run, Figure.KL_PER_TOKEN, 3)),
                fault(
                        "KL_SPIKE",
                        run -> with(
                                run,
                                Figure.MAX_KL,
                                FROM,
                                i -> i % 4 == 0 ? 60 : run.get(i).at(Figure.MAX_KL))),
                fault("KL_TOO_SMALL", run -> tight(run)),
                fault(
                        "KL_SIGNIFICANTLY_NEGATIVE",
                        run -> with(run, Figure.K1_PER_SEQUENCE, FROM, i -> -0.5 + 0.3 * noise.nextGaussian())),
                fault(
                        "KL_SIGNIFICANTLY_NEGATIVE",
                        run -> with(
                                without(run, 0, Figure.K1_PER_SEQUENCE),
                                Figure.KL_PER_TOKEN,
                                FROM,
                                i -> -0.02 + 0.01 * noise.nextGaussian())),
                fault(
                        "KL_SIGNIFICANTLY_NEGATIVE",
                        run -> with(
                                run,
                                Figure.K1_PER_SEQUENCE,
                                FROM,
                                i -> i == FROM ? -6 * run.get(i).at(Figure.K1_ERROR_PER_SEQUENCE) : 1)),
                fault("COEFFICIENT_AT_BOUND", run -> with(run, Figure.COEFFICIENT_BOUND, FROM, i -> 1)),
                fault("COEFFICIENT_AT_BOUND", run -> with(run, Figure.COEFFICIENT_BOUND, FROM, i -> -1)),
                fault(
                        "BELT_VERDICT_CHANGED",
                        run -> with(run, Figure.BELT_VERDICT, FROM, i -> BeltVerdict.State.SLACK.ordinal())),
                fault(
                        "SAMPLER_MISMATCH",
                        run -> with(run, Figure.SAMPLER_KL, FROM, i -> 0.02 + 0.002 * noise.nextGaussian())),
                fault("GOLD_FALLS_WHILE_SCORE_RISES", run -> overoptimised(run)),
                fault("ENTROPY_COLLAPSE", run -> fading(run, Figure.ENTROPY, 0.25)),
                fault("DISTINCT_N_COLLAPSE", run -> fading(run, Figure.DISTINCT_BIGRAMS, 0.4)),
                fault("COMPRESSION_COLLAPSE", run -> fading(run, Figure.COMPRESSION, 0.5)),
                fault("LOST_LANGUAGE", run -> fading(run, Figure.REFERENCE_NLL, 2.5)),
                fault("LENGTH_DRIFT", run -> fading(run, Figure.RESPONSE_LENGTH, 4)),
                fault("LENGTH_DRIFT", run -> fading(run, Figure.RESPONSE_LENGTH, 0.2)),
                fault("MISSING_EOS", run -> fading(run, Figure.ENDED_SHARE, 0.1)),
                fault("ZERO_REWARD_VARIANCE", run -> with(run, Figure.SCORE_SD, FROM, i -> 0)),
                fault(
                        "CLIP_FRACTION_HIGH",
                        run -> with(run, Figure.CLIP_FRACTION, FROM, i -> 0.4 + 0.03 * noise.nextGaussian())),
                fault(
                        "VALUE_EXPLAINS_NOTHING",
                        run -> with(run, Figure.EXPLAINED_VARIANCE, FROM, i -> -0.4 + 0.1 * noise.nextGaussian())),
                fault("NOT_A_NUMBER", run -> with(run, Figure.VALUE_LOSS, FROM, i -> Double.NaN)),
                fault("NOT_A_NUMBER", run -> with(run, Figure.MAX_KL, FROM, i -> Double.POSITIVE_INFINITY)),
                fault("NOT_A_NUMBER", run -> without(run, FROM, Figure.POLICY_LOSS)));
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("faults")
    void theFaultIsFoundInEveryRunAndNotBeforeItIsThere(String code, UnaryOperator<List<ObservedStep>> fault) {
        for (long seed = 0; seed < RUNS; seed++) {
            List<Alarm> alarms = HealthyRunsTest.alarms(fault.apply(SimulatedRun.healthy(seed)));

            List<Alarm> found = alarms.stream()
                    .filter(alarm -> alarm.card().code().equals(code))
                    .toList();
            assertThat(found).as("seed " + seed + ", among " + alarms).isNotEmpty();
            assertThat(found.get(0).step()).as("seed " + seed).isGreaterThan(FROM);
            assertThat(found.size()).as("seed " + seed + ": times said").isLessThanOrEqualTo(2);
            assertThat(found.get(0).sentence()).endsWith(".").doesNotContain("NaN", "\n");
        }
    }

    @Test
    void everyCheckHasAFaultPlantedForIt() {
        Set<String> codes = faults().map(f -> (String) f.get()[0]).collect(Collectors.toSet());

        assertThat(codes)
                .containsExactlyInAnyOrderElementsOf(
                        Checks.all().stream().map(check -> check.card().code()).toList());
    }

    @Test
    void anAlarmThatGoesOnIsSaidOnceAndAgainOnlyAfterAPause() {
        List<ObservedStep> run = SimulatedRun.healthy(1);
        List<ObservedStep> twice =
                with(run, Figure.CLIP_FRACTION, 0, i -> (i >= 50 && i < 80) || i >= 150 ? 0.5 + 0.001 * (i % 7) : 0.1);

        List<Long> steps = HealthyRunsTest.alarms(twice).stream()
                .filter(alarm -> alarm.card().code().equals("CLIP_FRACTION_HIGH"))
                .map(Alarm::step)
                .toList();

        assertThat(steps).hasSize(2);
        assertThat(steps.get(0)).isBetween(51L, 61L);
        assertThat(steps.get(1)).isBetween(151L, 161L);
    }

    @Test
    void anAlarmExplainsItselfWithTheNumbersItWasMadeOf() {
        Alarm alarm = HealthyRunsTest.alarms(fading(SimulatedRun.healthy(3), Figure.ENTROPY, 0.25))
                .get(0);

        assertThat(alarm.card().severity()).isEqualTo(Severity.WARNING);
        double first = alarm.explanation().parts().get(0).value();
        double now = alarm.explanation().parts().get(1).value();
        assertThat(alarm.explanation().value()).isEqualTo(now - first);
        assertThat(alarm.sentence()).startsWith("The policy has become ");
    }

    @Test
    void aRunThatTellsNothingRaisesNothing() {
        List<ObservedStep> silent = without(SimulatedRun.healthy(1), 0, Figure.values());

        assertThat(HealthyRunsTest.alarms(silent)).isEmpty();
    }

    private static Arguments fault(String code, UnaryOperator<List<ObservedStep>> plant) {
        return Arguments.of(code, plant);
    }

    /** Times a factor, and at least so much, from the fault on. */
    private static List<ObservedStep> scaled(
            List<ObservedStep> run, Figure a, double byA, double leastA, Figure b, double byB, double leastB) {
        List<ObservedStep> one =
                with(run, a, FROM, i -> Math.max(leastA, byA * run.get(i).at(a)));
        return with(one, b, FROM, i -> Math.max(leastB, byB * run.get(i).at(b)));
    }

    private static List<ObservedStep> growing(List<ObservedStep> run) {
        List<ObservedStep> one =
                with(run, Figure.KL_PER_TOKEN, FROM, i -> run.get(i).at(Figure.KL_PER_TOKEN) * (1 + 0.04 * (i - FROM)));
        return with(
                one,
                Figure.KL_PER_SEQUENCE,
                FROM,
                i -> run.get(i).at(Figure.KL_PER_SEQUENCE) * (1 + 0.04 * (i - FROM)));
    }

    private static List<ObservedStep> once(List<ObservedStep> run, Figure figure, double value) {
        return with(run, figure, FROM, i -> i == FROM + 20 ? value : run.get(i).at(figure));
    }

    private static List<ObservedStep> tight(List<ObservedStep> run) {
        List<ObservedStep> untargeted = without(run, 0, Figure.TARGET_PER_SEQUENCE, Figure.TARGET_PER_TOKEN);
        return with(
                untargeted, Figure.KL_PER_TOKEN, FROM, i -> 0.02 * run.get(i).at(Figure.KL_PER_TOKEN));
    }

    private static List<ObservedStep> overoptimised(List<ObservedStep> run) {
        List<ObservedStep> score = with(run, Figure.SCORE, FROM, i -> run.get(i).at(Figure.SCORE) + 0.01 * (i - FROM));
        return with(score, Figure.GOLD_SCORE, FROM, i -> run.get(i).at(Figure.GOLD_SCORE) - 0.006 * (i - FROM));
    }

    /** Goes to so many times its value within a hundred steps. */
    private static List<ObservedStep> fading(List<ObservedStep> run, Figure figure, double to) {
        return with(run, figure, FROM, i -> run.get(i).at(figure) * (1 + (to - 1) * Math.min(1, (i - FROM) / 100.0)));
    }
}
