package dev.tether.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.MoveReason.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every controller keeps. */
class KlControllerLawsTest {
    static Stream<KlController> controllers() {
        return Stream.of(
                new FixedKl(0.1),
                new Thermostat(Readings.SIX_PER_SEQUENCE, 0.1, Thermostat.DEFAULT_BOUNDS),
                new Ziegler(Readings.SIX_PER_SEQUENCE, 0.1, 100, new KlCoefBounds(1e-3, 10)));
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void noReadingThatIsNoKlMovesIt(KlController controller) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -5, -1e-300}) {
            ControllerMove move = controller.observe(Readings.of(bad), 32);
            assertThat(move.next()).as("after " + bad).isEqualTo(controller);
            if (!(controller instanceof FixedKl)) {
                assertThat(move.reason().kind())
                        .isEqualTo(Double.isFinite(bad) ? Kind.REFUSED_NEGATIVE : Kind.REFUSED_NOT_FINITE);
                assertThat(move.reason().kind().isRefusal()).isTrue();
                assertThat(move.reason().sentence()).contains("β stays 0.1");
            }
        }
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
        assertThatThrownBy(() -> controller.withState(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kl_coef");
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void aStateOutOfBoundsIsRefused(KlController controller) {
        for (double bad : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
            Map<String, Double> state = new HashMap<>(controller.state());
            state.put("kl_coef", bad);
            assertThatThrownBy(() -> controller.withState(state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("kl_coef = " + bad);
        }
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void theCoefficientStaysFinitePositiveAndInBounds(KlController controller) {
        SplittableRandom random = new SplittableRandom(61);
        KlController running = controller;
        for (int step = 0; step < 2000; step++) {
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
