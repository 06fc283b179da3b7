package dev.tether.core.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.FixedKl;
import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlCoefSchedule;
import dev.tether.core.control.KlTarget;
import dev.tether.core.control.PiKl;
import dev.tether.core.control.ScheduledKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.simulate.ResponseFit.ExponentSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseFitTest {
    private static final ResponseModel TRUTH = new ResponseModel(12, 1.5, 0.08, 0.4, Double.POSITIVE_INFINITY);

    @Test
    void aRunWhoseBetaMovesTellsTheModel() {
        KlCoefSchedule stairs = new KlCoefSchedule.Piecewise(List.of(
                new KlCoefSchedule.Knot(40, 0.1),
                new KlCoefSchedule.Knot(41, 0.3),
                new KlCoefSchedule.Knot(80, 0.3),
                new KlCoefSchedule.Knot(81, 0.05)));
        Trajectory run = new Replay(TRUTH, 120, 32, 0).run(new ScheduledKl(stairs, 0), 1);
        ResponseFit fit = ResponseFit.of(run.readings(), run.klCoefs());
        assertThat(fit.exponentSource()).isEqualTo(ExponentSource.FITTED);
        assertThat(fit.relativeError()).isLessThan(0.01);
        assertThat(fit.model().exponent()).isBetween(1.4, 1.6);
        assertThat(fit.model().equilibriumNats()).isBetween(11.0, 13.0);
        assertThat(fit.model().rate()).isBetween(0.07, 0.09);
        assertThat(fit.model().speedLimit()).isBetween(0.36, 0.44);
    }

    @Test
    void noiseIsNotTakenForResponse() {
        KlTarget target = new KlTarget(6, KlUnit.NATS_PER_SEQUENCE);
        Trajectory run = new Replay(TRUTH, 120, 32, 0.08).run(PiKl.start(target, 0.1, new KlCoefBounds(1e-3, 10)), 5);
        ResponseFit fit = ResponseFit.of(run.readings(), run.klCoefs());
        assertThat(fit.relativeError()).isBetween(0.04, 0.12);
        double[] predicted = ResponseFit.predicted(fit.model(), run.readings()[0], run.klCoefs());
        double worst = 0;
        for (int step = 0; step < predicted.length; step++) {
            worst = Math.max(worst, Math.abs(predicted[step] - run.nats()[step]));
        }
        assertThat(worst).isLessThan(1.0);
    }

    @Test
    void aSteadyBetaLeavesTheExponentAssumed() {
        Trajectory run = new Replay(TRUTH, 100, 32, 0.03).run(new FixedKl(0.2), 3);
        ResponseFit fit = ResponseFit.of(run.readings(), run.klCoefs());
        assertThat(fit.exponentSource()).isEqualTo(ExponentSource.ASSUMED);
        assertThat(fit.model().exponent()).isEqualTo(2.0);
        assertThat(fit.model().equilibrium(0.2) / TRUTH.equilibrium(0.2)).isBetween(0.9, 1.1);
    }

    @Test
    void theOpenLoopShowsWhatBetaWouldHaveBeenAsked() {
        KlType type = KlType.reference(KlEstimator.K1);
        List<KlSummary> recorded = List.of(
                new KlSummary(type, 0.01, 0, 0, 0, 0, 10, 1),
                new KlSummary(type, 0.05, 0, 0, 0, 0, 10, 1),
                new KlSummary(type, 0.1, 0, 0, 0, 0, 10, 1));
        double[] asked = Replay.openLoop(dev.tether.core.control.Thermostat.tutorial(), recorded, 32);
        assertThat(asked).containsExactly(0.1, 0.1, 0.1 * 1.5);
    }

    @Test
    void whatCannotBeFittedIsRefused() {
        double[] ones = {1, 1, 1, 1, 1, 1, 1, 1};
        assertThatThrownBy(() -> ResponseFit.of(new double[7], new double[7])).hasMessageStartingWith("steps = 7");
        assertThatThrownBy(() -> ResponseFit.of(ones, new double[8])).hasMessageStartingWith("kl_coefs[0] = 0.0");
        assertThatThrownBy(() -> ResponseFit.of(new double[8], ones)).hasMessageStartingWith("the mean reading = 0.0");
        assertThatThrownBy(() -> ResponseFit.of(ones, new double[9])).hasMessageStartingWith("kl_coefs has length 9");
    }
}
