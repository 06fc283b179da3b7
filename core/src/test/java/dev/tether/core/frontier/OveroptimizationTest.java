package dev.tether.core.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.frontier.OveroptimizationDesk.Standing;
import dev.tether.core.frontier.OveroptimizationFit.Form;
import dev.tether.core.frontier.OveroptimizationFit.Peak;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OveroptimizationTest {
    private static final DoubleUnaryOperator LOGARITHMIC = d -> 0.2 + d * (1.2 - 0.8 * Math.log(d));
    private static final DoubleUnaryOperator LINEAR = d -> -0.1 + d * (1.5 - 0.4 * d);

    @Test
    void eachFormIsRecoveredFromItsOwnPointsToTheLastDigits() {
        double[] nats = upTo(12, 40);

        OveroptimizationFit log = OveroptimizationFit.of(nats, gold(nats, LOGARITHMIC), Form.LOGARITHMIC);
        OveroptimizationFit linear = OveroptimizationFit.of(nats, gold(nats, LINEAR), Form.LINEAR);

        assertThat(log.start()).isCloseTo(0.2, within(1e-10));
        assertThat(log.alpha()).isCloseTo(1.2, within(1e-10));
        assertThat(log.beta()).isCloseTo(0.8, within(1e-10));
        assertThat(log.rSquared()).isCloseTo(1, within(1e-12));
        // d* = e^(α/β − 1), R* = R₀ + β d*
        double d = Math.exp(1.2 / 0.8 - 1);
        assertThat(log.peak().orElseThrow().nats()).isCloseTo(d * d, within(1e-9));
        assertThat(log.peak().orElseThrow().gold()).isCloseTo(0.2 + 0.8 * d, within(1e-9));
        assertThat(log.goldAt(4)).isCloseTo(LOGARITHMIC.applyAsDouble(2), within(1e-10));
        assertThat(linear.alpha()).isCloseTo(1.5, within(1e-10));
        assertThat(linear.beta()).isCloseTo(0.4, within(1e-10));
        // d* = α/(2β), R* = R₀ + α²/(4β)
        assertThat(linear.peak().orElseThrow().nats()).isCloseTo(1.875 * 1.875, within(1e-9));
        assertThat(linear.peak().orElseThrow().gold()).isCloseTo(-0.1 + 2.25 / 1.6, within(1e-9));
    }

    @Test
    void aKnownBeginningIsKeptAndTheRestRecovered() {
        double[] nats = upTo(12, 40);
        for (Form form : Form.values()) {
            DoubleUnaryOperator truth = form == Form.LINEAR ? LINEAR : LOGARITHMIC;
            double start = form == Form.LINEAR ? -0.1 : 0.2;
            OveroptimizationFit free = OveroptimizationFit.of(nats, gold(nats, truth), form);
            OveroptimizationFit known = OveroptimizationFit.from(start, nats, gold(nats, truth), form);
            assertThat(known.start()).isEqualTo(start);
            assertThat(known.alpha()).isCloseTo(free.alpha(), within(1e-9));
            assertThat(known.beta()).isCloseTo(free.beta(), within(1e-9));
            assertThat(known.peak().orElseThrow().nats())
                    .isCloseTo(free.peak().orElseThrow().nats(), within(1e-8));
            assertThat(known.goldAt(3)).isCloseTo(free.goldAt(3), within(1e-9));
            assertThat(OveroptimizationFit.from(start + 1, nats, gold(nats, truth), form)
                            .rSquared())
                    .isLessThan(0.9);
        }
    }

    @Test
    void thePeaksIntervalCoversTheTruthAsOftenAsItSays() {
        Random random = new Random(4);
        double[] nats = upTo(12, 60);
        double truth = Math.exp(2 * (1.2 / 0.8 - 1));
        int covered = 0;
        int runs = 500;
        for (int run = 0; run < runs; run++) {
            Peak peak = OveroptimizationFit.of(nats, noisy(gold(nats, LOGARITHMIC), 0.1, random), Form.LOGARITHMIC)
                    .peak()
                    .orElseThrow();
            covered += peak.natsInterval().contains(truth) ? 1 : 0;
        }

        // 95 % less three standard errors, and less what the delta method leaves out
        assertThat((double) covered / runs).isBetween(0.9, 0.99);
    }

    @Test
    void aRunBeyondItsPeakIsSaidToBeOverIt() {
        double[] nats = upTo(12, 60);

        OveroptimizationDesk desk = OveroptimizationDesk.of(nats, noisy(gold(nats, LOGARITHMIC), 0.03, new Random(2)));

        assertThat(desk.standing()).isEqualTo(Standing.PAST_PEAK);
        assertThat(desk.fits()).extracting(OveroptimizationFit::form).containsExactly(Form.LOGARITHMIC, Form.LINEAR);
        assertThat(desk.sentence())
                .startsWith("The run is past the peak of its gold score: at a KL of 12 nats per sequence");
        assertThat(desk.explanation().parts()).hasSize(2);
    }

    @Test
    void aRunThatStopsAtItsPeakIsSaidToBeThere() {
        double[] nats = upTo(3.6, 60);

        assertThat(OveroptimizationDesk.of(nats, noisy(gold(nats, LINEAR), 0.02, new Random(2)))
                        .standing())
                .isEqualTo(Standing.AT_PEAK);
    }

    @Test
    void aRunThatWentBackIsSaidToBeBeforeItsPeakAgain() {
        double[] out = upTo(12, 60);
        double[] nats = Arrays.copyOf(out, 61);
        nats[60] = 0.5;

        OveroptimizationDesk desk = OveroptimizationDesk.of(nats, noisy(gold(nats, LINEAR), 0.02, new Random(2)));

        assertThat(desk.standing()).isEqualTo(Standing.BEFORE_PEAK);
        assertThat(desk.sentence()).contains("has not come to the peak again");
    }

    @Test
    void aRewardThatOnlyRisesTellsOfNoPeak() {
        double[] nats = upTo(9, 60);

        OveroptimizationDesk desk = OveroptimizationDesk.of(nats, noisy(gold(nats, d -> 0.3 * d), 0.02, new Random(2)));

        assertThat(desk.standing()).isEqualTo(Standing.CANNOT_TELL);
        assertThat(desk.sentence()).startsWith("The data cannot tell where the gold score has its peak: ");
    }

    @Test
    void aPeakThatTheRunHasNotComeToIsNotCalledOne() {
        double[] nats = upTo(2, 60);

        OveroptimizationDesk desk = OveroptimizationDesk.of(nats, gold(nats, LINEAR));

        assertThat(desk.standing()).isEqualTo(Standing.CANNOT_TELL);
        assertThat(desk.sentence()).contains("at 3.52 nats, further than the run has been");
    }

    @Test
    void noiseTellsNothing() {
        Random random = new Random(9);
        double[] nats = upTo(9, 60);
        int told = 0;
        for (int run = 0; run < 200; run++) {
            OveroptimizationDesk desk = OveroptimizationDesk.of(nats, noisy(new double[60], 1, random));
            told += desk.standing() == Standing.CANNOT_TELL ? 0 : 1;
        }

        assertThat(told).isZero();
    }

    @Test
    void aFewPointsOrAKlThatStandsStillTellNothing() {
        assertThat(OveroptimizationDesk.of(upTo(3, 7), new double[7]).sentence())
                .isEqualTo(
                        "The data cannot tell whether the gold score has a peak: 7 points, at least 8 of different KL"
                                + " are needed.");
        assertThat(OveroptimizationDesk.of(new double[30], new double[30]).standing())
                .isEqualTo(Standing.CANNOT_TELL);
        assertThatThrownBy(() -> OveroptimizationDesk.of(new double[9], new double[8]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gold has length 8");
    }

    @Test
    void theDistanceFromTheReferenceBeginsAtZeroWhateverRoundingSays() {
        double[] nats = upTo(6, 20);
        double[] rounded = nats.clone();
        rounded[0] = -1e-18;

        assertThat(OveroptimizationFit.of(rounded, gold(nats, LINEAR), Form.LOGARITHMIC))
                .isEqualTo(OveroptimizationFit.of(nats, gold(nats, LINEAR), Form.LOGARITHMIC));
    }

    private static double[] upTo(double most, int count) {
        return IntStream.range(0, count)
                .mapToDouble(i -> most * i / (count - 1.0))
                .toArray();
    }

    private static double[] gold(double[] nats, DoubleUnaryOperator ofDistance) {
        return Arrays.stream(nats)
                .map(Math::sqrt)
                .map(d -> ofDistance.applyAsDouble(d == 0 ? 1e-300 : d))
                .toArray();
    }

    private static double[] noisy(double[] values, double sd, Random random) {
        return Arrays.stream(values).map(v -> v + sd * random.nextGaussian()).toArray();
    }
}
