package dev.tether.core.simulate;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.FixedKl;
import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.PiKl;
import dev.tether.core.kl.KlUnit;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final ResponseModel MODEL = new ResponseModel(20, 2, 0.1, 0.5, 60);

    @Test
    void theEquilibriumFallsWithBetaByThePower() {
        assertClose("at 0.1", MODEL.equilibrium(0.1), 20, 1e-12);
        assertClose("at 0.2", MODEL.equilibrium(0.2), 5, 1e-12);
        assertThat(MODEL.equilibrium(0.01)).isEqualTo(60);
        assertThat(MODEL.equilibrium(0)).isEqualTo(60);
        assertClose("back", MODEL.equilibrium(MODEL.klCoefFor(7)), 7, 1e-12);
    }

    @Test
    void klMovesByItsRateWithinItsSpeed() {
        assertClose("fast", MODEL.next(0, 0.1), 0.5, 1e-12);
        assertClose("near", MODEL.next(18, 0.1), 18.2, 1e-12);
        assertClose("down", MODEL.next(30, 0.2), 29.5, 1e-12);
        assertThat(new ResponseModel(1, 1, 1, 9, 60).next(1, 1e9)).isNotNegative();
    }

    @Test
    void underAFixedBetaARunEndsAtItsEquilibrium() {
        Trajectory run = new Replay(MODEL, 400, 32, 0).run(new FixedKl(0.2), 1);
        assertClose("end", run.nats()[399], 5, 1e-9);
        assertThat(run.nats()[0]).isZero();
        assertThat(run.readings()).containsExactly(run.nats());
        assertThat(run.steps()).isEqualTo(400);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        KlTarget target = new KlTarget(4, KlUnit.NATS_PER_SEQUENCE);
        PiKl controller = PiKl.start(target, 0.1, KlCoefBounds.NONE);
        Replay replay = new Replay(MODEL, 50, 32, 0.1);
        assertThat(replay.run(controller, 3).klCoefs())
                .containsExactly(replay.run(controller, 3).klCoefs());
        assertThat(replay.run(controller, 3).klCoefs())
                .isNotEqualTo(replay.run(controller, 4).klCoefs());
    }

    @Test
    void theResponseIsMeasuredAsDefined() {
        double[] nats = {0, 2, 3.7, 5, 4.4, 3, 4, 4.2, 4.1};
        double[] klCoefs = {0.1, 0.1, 0.1, 1, 1, 0.5, 0.01, 0.2, 0.2};
        KlTarget target = new KlTarget(4, KlUnit.NATS_PER_SEQUENCE);
        StepResponse response = StepResponse.of(new Trajectory(nats, nats, klCoefs), target, new KlCoefBounds(0.01, 1));
        assertThat(response.riseStep()).isEqualTo(2);
        assertClose("overshoot", response.overshoot(), 0.25, 1e-12);
        assertThat(response.settledStep()).isEqualTo(6);
        assertClose("mean", response.lastThirdMean(), 4.1, 1e-12);
        assertClose("error", response.lastThirdError(), 0.025, 1e-12);
        assertClose("at bound", response.atBoundShare(), 3.0 / 9, 1e-12);
        assertThat(response.holds(0.03, 0.25)).isTrue();
        assertThat(response.holds(0.02, 0.25)).isFalse();
        assertThat(response.holds(0.03, 0.24)).isFalse();
    }

    @Test
    void aRunThatNeverGetsThereHasNotRisenAndNotSettled() {
        double[] nats = {0, 1, 1};
        StepResponse response = StepResponse.of(
                new Trajectory(nats, nats, new double[3]), new KlTarget(4, KlUnit.NATS_PER_TOKEN), KlCoefBounds.NONE);
        assertThat(response.riseStep()).isEqualTo(-1);
        assertThat(response.settledStep()).isEqualTo(-1);
        assertClose("overshoot", response.overshoot(), -0.75, 1e-12);
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new ResponseModel(0, 1, 0.1, 1, 1)).hasMessageStartingWith("equilibrium_nats = 0.0");
        assertThatThrownBy(() -> new ResponseModel(1, 0, 0.1, 1, 1)).hasMessageStartingWith("exponent = 0.0");
        assertThatThrownBy(() -> new ResponseModel(1, 1, 0, 1, 1)).hasMessageStartingWith("rate = 0.0");
        assertThatThrownBy(() -> new ResponseModel(1, 1, 1.1, 1, 1)).hasMessageStartingWith("rate = 1.1");
        assertThatThrownBy(() -> new ResponseModel(1, 1, 1, 0, 1)).hasMessageStartingWith("speed_limit = 0.0");
        assertThatThrownBy(() -> new ResponseModel(1, 1, 1, 1, 0)).hasMessageStartingWith("free_nats = 0.0");
        assertThatThrownBy(() -> new Replay(MODEL, 2, 32, 0)).hasMessageStartingWith("steps = 2");
        assertThatThrownBy(() -> new Replay(MODEL, 3, 1, 0)).hasMessageStartingWith("episodes = 1");
        assertThatThrownBy(() -> new Replay(MODEL, 3, 2, -1)).hasMessageStartingWith("relative_error = -1.0");
        assertThatThrownBy(() -> new Trajectory(new double[3], new double[3], new double[2]))
                .hasMessageStartingWith("kl_coefs has length 2");
    }
}
