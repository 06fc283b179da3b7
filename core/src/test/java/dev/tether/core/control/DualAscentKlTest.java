package dev.tether.core.control;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.MoveReason.Kind;
import org.junit.jupiter.api.Test;

class DualAscentKlTest {
    @Test
    void theMultiplierMovesByTheRelativeViolation() {
        DualAscentKl controller = new DualAscentKl(Readings.SIX_PER_SEQUENCE, 0.1, 0.02, KlCoefBounds.NONE);
        assertClose("over", after(controller, 9), 0.1 + 0.02 * 0.5, 1e-15);
        assertClose("far over", after(controller, 600), 0.12, 1e-15);
        assertClose("under", after(controller, 3), 0.1 - 0.02 * 0.5, 1e-15);
    }

    @Test
    void withinTheBudgetThePolicyEndsUpPayingNothing() {
        KlController controller = new DualAscentKl(Readings.SIX_PER_SEQUENCE, 0.1, 0.02, KlCoefBounds.NONE);
        for (int step = 0; step < 20; step++) {
            controller = controller.observe(Readings.of(2), 32).next();
        }
        assertThat(controller.coefficient()).isZero();
        assertThat(controller.observe(Readings.of(2), 32).reason().kind()).isEqualTo(Kind.AT_FLOOR);
        assertThat(after(controller, 9)).isPositive();
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new DualAscentKl(Readings.SIX_PER_SEQUENCE, -0.1, 0.02, KlCoefBounds.NONE))
                .hasMessage("kl_coef = -0.1, must be finite and >= 0");
        assertThatThrownBy(() -> new DualAscentKl(Readings.SIX_PER_SEQUENCE, 2, 0.02, new KlCoefBounds(0, 1)))
                .hasMessage("kl_coef = 2.0, must be within [0.0, 1.0]");
        assertThatThrownBy(() -> new DualAscentKl(Readings.SIX_PER_SEQUENCE, 0.1, 0, KlCoefBounds.NONE))
                .hasMessage("rate = 0.0, must be finite and > 0");
    }

    private static double after(KlController controller, double nats) {
        return controller.observe(Readings.of(nats), 32).next().coefficient();
    }
}
