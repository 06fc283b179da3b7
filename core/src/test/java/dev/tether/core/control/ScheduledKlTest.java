package dev.tether.core.control;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.KlCoefSchedule.Cosine;
import dev.tether.core.control.KlCoefSchedule.Knot;
import dev.tether.core.control.KlCoefSchedule.Piecewise;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduledKlTest {
    @Test
    void piecewiseRunsInStraightLinesBetweenKnots() {
        Piecewise schedule = new Piecewise(List.of(new Knot(2, 0.1), new Knot(6, 0.5), new Knot(8, 0)));
        double[] expected = {0.1, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.25, 0, 0};
        for (int step = 0; step < expected.length; step++) {
            assertClose("step " + step, schedule.at(step), expected[step], 1e-15);
        }
        assertThat(new Piecewise(List.of(new Knot(5, 0.3))).at(0)).isEqualTo(0.3);
    }

    @Test
    void cosineStartsAndEndsWhereItSays() {
        Cosine schedule = new Cosine(0.4, 0.1, 10);
        assertThat(schedule.at(0)).isEqualTo(0.4);
        assertClose("half way", schedule.at(5), 0.25, 1e-15);
        assertThat(schedule.at(10)).isEqualTo(0.1);
        assertThat(schedule.at(99)).isEqualTo(0.1);
    }

    @Test
    void everyReadingIsAStepWhateverItSays() {
        KlController controller = new ScheduledKl(new Cosine(0.4, 0.1, 4), 0);
        for (double nats : new double[] {1, Double.NaN, -5, 1e9}) {
            ControllerMove move = controller.observe(Readings.of(nats), 32);
            assertThat(move.reason().kind()).isEqualTo(MoveReason.Kind.SCHEDULED);
            controller = move.next();
        }
        assertThat(controller.coefficient()).isEqualTo(0.1);
    }

    @Test
    void schedulesAreChecked() {
        assertThatThrownBy(() -> new Piecewise(List.of())).hasMessage("knots = 0, must be at least 1");
        assertThatThrownBy(() -> new Piecewise(List.of(new Knot(3, 1), new Knot(3, 2))))
                .hasMessage("knots[1].step = 3, must be greater than the step before, 3");
        assertThatThrownBy(() -> new Knot(-1, 1)).hasMessage("step = -1, must be at least 0");
        assertThatThrownBy(() -> new Knot(0, Double.NaN)).hasMessageStartingWith("kl_coef = NaN");
        assertThatThrownBy(() -> new Cosine(-1, 0, 3)).hasMessageStartingWith("from = -1.0");
        assertThatThrownBy(() -> new Cosine(0, -1, 3)).hasMessageStartingWith("to = -1.0");
        assertThatThrownBy(() -> new Cosine(0, 0, 0)).hasMessageStartingWith("steps = 0");
    }
}
