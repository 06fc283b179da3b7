package dev.tether.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.MoveReason.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every controller keeps. */
class KlControllerLawsTest {
    private static final KlCoefBounds BOUNDS = new KlCoefBounds(1e-3, 10);

    /** Every controller, each having seen something already where it remembers. */
    static Stream<KlController> controllers() {
        return Stream.concat(
                steered(),
                Stream.of(
                        new FixedKl(0.1),
                        new ScheduledKl(new KlCoefSchedule.Cosine(0.1, 0.4, 50), 0),
                        new ScheduledKl(
                                new KlCoefSchedule.Piecewise(
                                        List.of(new KlCoefSchedule.Knot(0, 0.1), new KlCoefSchedule.Knot(9, 0.4))),
                                3)));
    }

    /** Those that a reading moves. */
    static Stream<KlController> steered() {
        return Stream.concat(
                loops(),
                Stream.of(
                        new Thermostat(Readings.SIX_PER_SEQUENCE, 0.1, Thermostat.DEFAULT_BOUNDS),
                        new Ziegler(Readings.SIX_PER_SEQUENCE, 0.1, 100, BOUNDS)));
    }

    /** Those of our own. */
    static Stream<KlController> loops() {
        KlController pi = PiKl.start(Readings.SIX_PER_SEQUENCE, 0.1, BOUNDS);
        return Stream.of(
                pi,
                pi.observe(Readings.of(9), 32).next(),
                PidKl.start(Readings.SIX_PER_SEQUENCE, 0.1, BOUNDS)
                        .observe(Readings.of(2), 32)
                        .next(),
                new DualAscentKl(Readings.SIX_PER_SEQUENCE, 0.1, DualAscentKl.DEFAULT_RATE, BOUNDS));
    }

    @ParameterizedTest
    @MethodSource("steered")
    void noReadingThatIsNoKlMovesIt(KlController controller) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -5, -1e-300}) {
            for (double error : new double[] {0, 0.5, Double.POSITIVE_INFINITY}) {
                ControllerMove move = controller.observe(Readings.of(bad, error), 32);
                assertThat(move.next()).as("after " + bad).isEqualTo(controller);
                assertThat(move.reason().kind())
                        .isEqualTo(Double.isFinite(bad) ? Kind.REFUSED_NEGATIVE : Kind.REFUSED_NOT_FINITE);
                assertThat(move.reason().kind().isRefusal()).isTrue();
                assertThat(move.reason().sentence()).endsWith(": β stays " + controller.coefficient());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("steered")
    void aReadingWithinItsErrorOfTheTargetDoesNotMoveIt(KlController controller) {
        for (double nats : new double[] {3.1, 5.5, 6, 6.4, 8.9}) {
            ControllerMove move = controller.observe(Readings.of(nats, 3), 32);
            assertThat(move.next().coefficient()).isEqualTo(controller.coefficient());
            assertThat(move.reason().kind()).isEqualTo(Kind.INSIGNIFICANT);
            assertThat(move.reason().sentence()).contains("no more than its error ± 3.0 explains");
        }
        assertThat(controller.observe(Readings.of(40, 3), 32).next().coefficient())
                .isGreaterThan(controller.coefficient());
    }

    @ParameterizedTest
    @MethodSource("loops")
    void aReadingOfExactlyZeroDoesNotMoveOurOwn(KlController controller) {
        ControllerMove move = controller.observe(Readings.of(0, 0), 32);
        assertThat(move.next().coefficient()).isEqualTo(controller.coefficient());
        assertThat(move.reason().kind()).isEqualTo(Kind.NOTHING_YET);
    }

    @ParameterizedTest
    @MethodSource("steered")
    void tooMuchKlRaisesItAndTooLittleLowersIt(KlController controller) {
        double before = controller.coefficient();
        assertThat(controller.observe(Readings.of(40, 1), 32).next().coefficient())
                .isGreaterThan(before);
        assertThat(controller.observe(Readings.of(40, 1), 32).reason().kind()).isEqualTo(Kind.RAISED);
        assertThat(controller.observe(Readings.of(0.5, 0.1), 32).next().coefficient())
                .isLessThan(before);
        assertThat(controller.observe(Readings.of(0.5, 0.1), 32).reason().kind())
                .isEqualTo(Kind.LOWERED);
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void readingsThatAreNoKlLeaveNoTraceInWhatFollows(KlController controller) {
        SplittableRandom random = new SplittableRandom(67);
        KlController clean = controller;
        KlController disturbed = controller;
        boolean timed = controller instanceof ScheduledKl;
        for (int step = 0; step < 50 && !timed; step++) {
            double nats = 12 * random.nextDouble();
            clean = clean.observe(Readings.of(nats, 0.3), 32).next();
            disturbed = disturbed.observe(Readings.of(Double.NaN), 32).next();
            disturbed = disturbed.observe(Readings.of(nats, 0.3), 32).next();
            disturbed = disturbed.observe(Readings.of(-5, 0.1), 32).next();
            assertThat(disturbed).isEqualTo(clean);
        }
    }

    @ParameterizedTest
    @MethodSource("steered")
    void noSeriesOfReadingsDrivesItOutOfTheNumbers(KlController controller) {
        KlController low = unbounded(controller, 1e-305);
        KlController high = unbounded(controller, 1e305);
        for (int step = 0; step < 300; step++) {
            low = low.observe(Readings.of(1e-9), 1000).next();
            high = high.observe(Readings.of(1e9), 1000).next();
        }
        assertThat(low.coefficient()).isNotNegative();
        assertThat(high.coefficient()).isFinite();
        if (controller instanceof DualAscentKl) {
            return; // moves by steps of its rate, which such a β does not feel
        }
        assertThat(low.observe(Readings.of(1e9), 1000).next().coefficient()).isGreaterThan(low.coefficient());
        assertThat(high.observe(Readings.of(1e-9), 1000).next().coefficient()).isLessThan(high.coefficient());
    }

    private static KlController unbounded(KlController controller, double klCoef) {
        if (controller instanceof Thermostat t) {
            return new Thermostat(t.target(), klCoef, KlCoefBounds.NONE);
        }
        if (controller instanceof Ziegler z) {
            return new Ziegler(z.target(), klCoef, 100, KlCoefBounds.NONE);
        }
        if (controller instanceof PiKl pi) {
            return PiKl.start(pi.target(), klCoef, KlCoefBounds.NONE);
        }
        if (controller instanceof PidKl pid) {
            return PidKl.start(pid.target(), klCoef, KlCoefBounds.NONE);
        }
        DualAscentKl dual = (DualAscentKl) controller;
        return new DualAscentKl(dual.budget(), klCoef, dual.rate(), KlCoefBounds.NONE);
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void observingLeavesTheControllerItself(KlController controller) {
        Map<String, Double> before = controller.state();
        controller.observe(Readings.of(40), 64);
        assertThat(controller.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void aRestoredControllerGoesOnBitForBit(KlController controller) {
        SplittableRandom random = new SplittableRandom(59);
        KlController running = controller;
        for (int step = 0; step < 200; step++) {
            KlController restored = controller.withState(running.state());
            assertThat(restored).isEqualTo(running);
            running = running.observe(Readings.of(15 * random.nextDouble(), random.nextDouble()), 32)
                    .next();
        }
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void aStateWithAMissingOrUnknownNameIsRefused(KlController controller) {
        Map<String, Double> unknown = new HashMap<>(controller.state());
        unknown.put("zeal", 1.0);
        assertThatThrownBy(() -> controller.withState(unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zeal");
        String name = controller.state().keySet().iterator().next();
        assertThatThrownBy(() -> controller.withState(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have exactly")
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void aStateOutOfBoundsIsRefused(KlController controller) {
        for (double bad : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
            for (String name : controller.state().keySet()) {
                if (bad == -1 && !name.equals("kl_coef")) {
                    continue;
                }
                Map<String, Double> state = new HashMap<>(controller.state());
                state.put(name, bad);
                assertThatThrownBy(() -> controller.withState(state))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith(name + " = " + bad);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void theCoefficientStaysFinitePositiveAndInBounds(KlController controller) {
        SplittableRandom random = new SplittableRandom(61);
        KlController running = controller;
        for (int step = 0; step < 500; step++) {
            double nats = Math.pow(10, random.nextDouble(-8, 8));
            running =
                    running.observe(Readings.of(nats), 1 + random.nextInt(500)).next();
            assertThat(running.coefficient()).isBetween(1e-3, 10.0);
        }
    }

    @Test
    void boundsAreChecked() {
        assertThatThrownBy(() -> new KlCoefBounds(-1, 1)).hasMessage("floor = -1.0, must be finite and >= 0");
        assertThatThrownBy(() -> new KlCoefBounds(1, 0.5)).hasMessage("ceiling = 0.5, must be at least the floor, 1.0");
        assertThatThrownBy(() -> new KlCoefBounds(0, 0)).hasMessage("ceiling = 0.0, must be > 0");
        assertThat(new KlCoefBounds(0.3, 0.3).clamp(7)).isEqualTo(0.3);
        assertThatThrownBy(() -> new KlCoefBounds(0, Double.NaN)).hasMessage("ceiling = NaN, must be > 0");
        assertThatThrownBy(() -> new FixedKl(-0.1)).hasMessage("kl_coef = -0.1, must be finite and >= 0");
    }
}
