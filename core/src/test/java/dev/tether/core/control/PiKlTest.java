package dev.tether.core.control;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.control.MoveReason.Kind;
import org.junit.jupiter.api.Test;

class PiKlTest {
    private static final KlCoefBounds BOUNDS = new KlCoefBounds(1e-3, 10);

    private static final LoopGains PLAIN = new LoopGains(2, 0.1, 0, 0, 0.1, 5, 0);

    @Test
    void everyMoveIsTheLawOfTheLevelAndItsChange() {
        double[] nats = {3, 4.5, 9, 7, 7, 2};
        KlController controller = start(PLAIN);
        for (double reading : nats) {
            PiKl before = (PiKl) controller;
            controller = controller.observe(Readings.of(reading), 32).next();
            LoopMemory seen = ((PiKl) controller).memory();
            double changed = before.memory().readings() == 0
                    ? 0
                    : seen.level() - before.memory().level();
            double law = 2 * changed + 0.1 * Math.min(1, seen.level());
            assertClose("after " + reading, Math.log(controller.coefficient() / before.coefficient()), law, 1e-12);
        }
    }

    @Test
    void theFirstReadingHasALevelAndNoSlope() {
        KlController controller = start(PLAIN).observe(Readings.of(3), 32).next();
        assertClose("integral only", Math.log(controller.coefficient() / 0.1), 0.1 * -0.5, 1e-12);
    }

    @Test
    void theFilterFollowsARampWithoutLag() {
        LoopGains filtered = new LoopGains(2, 0.1, 0, 0, 0.01, 5, 0);
        KlController controller = start(filtered);
        for (int step = 1; step <= 60; step++) {
            controller = controller.observe(Readings.of(0.1 * step, 0.3), 32).next();
        }
        LoopMemory memory = ((PiKl) controller).memory();
        assertClose("level", memory.level(), 0, 1e-4);
        assertClose("slope", memory.slope(), 0.1 / 6, 1e-4);
        assertThat(memory.readings()).isEqualTo(60);
    }

    @Test
    void theErrorIsHeldToOne() {
        KlController far = start(PLAIN).observe(Readings.of(6e5), 32).next();
        assertClose("far above", Math.log(far.coefficient() / 0.1), 0.1, 1e-12);
    }

    @Test
    void theSlewLimitHoldsEveryMove() {
        LoopGains slow = new LoopGains(2, 0.1, 0, 0, 0.1, 0.05, 0);
        KlController controller = start(slow).observe(Readings.of(1), 32).next();
        double before = controller.coefficient();
        controller = controller.observe(Readings.of(12), 32).next();
        assertClose("up", Math.log(controller.coefficient() / before), 0.05, 1e-12);
        before = controller.coefficient();
        controller = controller.observe(Readings.of(1), 32).next();
        assertClose("down", Math.log(controller.coefficient() / before), -0.05, 1e-12);
    }

    @Test
    void nothingWindsUpAtABound() {
        KlController controller = start(PLAIN);
        for (int step = 0; step < 500; step++) {
            controller = controller.observe(Readings.of(0.5), 32).next();
        }
        assertThat(controller.coefficient()).isEqualTo(1e-3);
        assertThat(controller.observe(Readings.of(0.5), 32).reason().kind()).isEqualTo(Kind.AT_FLOOR);
        controller = controller.observe(Readings.of(12), 32).next();
        assertThat(controller.coefficient()).isGreaterThan(5e-3);
    }

    @Test
    void insignificantReadingsTeachTheFilterButDoNotMove() {
        LoopGains band = new LoopGains(2, 0.1, 0, 0, 0.1, 5, 1);
        PiKl controller = new PiKl(Readings.SIX_PER_SEQUENCE, 0.1, band, BOUNDS, LoopMemory.EMPTY);
        controller = (PiKl) controller.observe(Readings.of(4, 0.5), 32).next();
        ControllerMove noise = controller.observe(Readings.of(5.6, 0.5), 32);
        assertThat(noise.reason().kind()).isEqualTo(Kind.INSIGNIFICANT);
        assertThat(noise.next().coefficient()).isEqualTo(controller.coefficient());
        LoopMemory memory = ((PiKl) noise.next()).memory();
        assertThat(memory.readings()).isEqualTo(2);
        assertThat(memory.level()).isGreaterThan(controller.memory().level());
        assertThat(memory.slope()).isPositive();
        assertThat(noise.next().observe(Readings.of(6.6, 0.5), 32).reason().kind())
                .isEqualTo(Kind.RAISED);
    }

    @Test
    void whatAHeldReadingDidNotMoveIsMadeUpFor() {
        LoopGains band = new LoopGains(2, 0, 0, 0, 0.1, 5, 1);
        KlController start = new PiKl(Readings.SIX_PER_SEQUENCE, 0.1, band, BOUNDS, LoopMemory.EMPTY);
        KlController first = start.observe(Readings.of(4, 0.5), 32).next();
        KlController held = first.observe(Readings.of(5.8, 0.5), 32).next();
        PiKl moved = (PiKl) held.observe(Readings.of(7.5, 0.5), 32).next();
        double whole = moved.memory().level() - ((PiKl) first).memory().level();
        assertClose("both changes", Math.log(moved.coefficient() / first.coefficient()), 2 * whole, 1e-12);
    }

    @Test
    void farFromTheTargetTheLoopIsQuicker() {
        LoopGains urgent = new LoopGains(2, 0.1, 0, 3, 0.1, 0.2, 0);
        KlController far = start(urgent).observe(Readings.of(1.5), 32).next();
        assertClose("far", Math.log(far.coefficient() / 0.1), (1 + 3 * 0.75) * 0.1 * -0.75, 1e-12);
        KlController near = start(urgent).observe(Readings.of(5.4), 32).next();
        assertClose("near", Math.log(near.coefficient() / 0.1), (1 + 3 * 0.1) * 0.1 * -0.1, 1e-12);
        KlController slewed = far.observe(Readings.of(60), 32).next();
        double level = Math.min(1, ((PiKl) slewed).memory().level());
        assertClose("slew", Math.log(slewed.coefficient() / far.coefficient()), (1 + 3 * level) * 0.2, 1e-12);
    }

    @Test
    void aSurerReadingWeighsMore() {
        LoopMemory memory = LoopMemory.EMPTY.seeing(-0.5, 0.1, 0.05);
        LoopMemory sure = memory.seeing(0, 0.01, 0.05);
        LoopMemory unsure = memory.seeing(0, 0.5, 0.05);
        assertThat(sure.level()).isGreaterThan(unsure.level());
        assertThat(sure.slope()).isGreaterThan(unsure.slope());
        assertThat(sure.levelVariance()).isLessThan(unsure.levelVariance());
    }

    /** Two readings determine a line exactly: the classical check of a two-state filter. */
    @Test
    void theFilterIsTheWeightedLeastSquaresLine() {
        double change = 0.04 * 0.04;
        LoopMemory memory = LoopMemory.EMPTY.seeing(-0.5, 0.1, 0.04).seeing(-0.3, 0.2, 0.04);
        // prior at the second reading: level -0.5 with variance 0.01 + change + change/4, covariance change + change/2
        double prior = 0.01 + 1.25 * change;
        double weight = prior / (prior + 0.04);
        assertClose("level", memory.level(), -0.5 + weight * 0.2, 1e-12);
        assertClose("slope", memory.slope(), 1.5 * change / (prior + 0.04) * 0.2, 1e-12);
        assertClose("level variance", memory.levelVariance(), (1 - weight) * prior, 1e-15);
        assertClose("covariance", memory.covariance(), (1 - weight) * 1.5 * change, 1e-15);
        double slopeVariance = 2 * change - 1.5 * change * 1.5 * change / (prior + 0.04);
        assertClose("slope variance", memory.slopeVariance(), slopeVariance, 1e-15);
    }

    @Test
    void aReadingOfZeroIsWhereTheSlopeIsCountedFrom() {
        KlController controller = start(PLAIN).observe(Readings.of(0, 0), 32).next();
        assertThat(controller.coefficient()).isEqualTo(0.1);
        controller = controller.observe(Readings.of(3), 32).next();
        assertThat(((PiKl) controller).memory().slope()).isPositive();
        assertThat(controller.coefficient()).isGreaterThan(0.1);
    }

    @Test
    void theDerivativeBrakesAChangeOfSlope() {
        LoopGains gains = new LoopGains(2, 0.1, 3, 0, 0.1, 5, 0);
        PidKl first = (PidKl) new PidKl(Readings.SIX_PER_SEQUENCE, 0.1, gains, BOUNDS, LoopMemory.EMPTY)
                .observe(Readings.of(3), 32)
                .next();
        PidKl second = (PidKl) first.observe(Readings.of(4.2), 32).next();
        LoopMemory seen = second.memory();
        double law = 2 * (seen.level() - first.memory().level())
                + 0.1 * seen.level()
                + 3 * (seen.slope() - first.memory().slope());
        assertClose("move", Math.log(second.coefficient() / first.coefficient()), law, 1e-12);
        assertThat(seen.slope()).isPositive();
        PidKl third = (PidKl) second.observe(Readings.of(4.3), 32).next();
        LoopMemory later = third.memory();
        double next = 2 * (later.level() - seen.level()) + 0.1 * later.level() + 3 * (later.slope() - seen.slope());
        assertClose("next move", Math.log(third.coefficient() / second.coefficient()), next, 1e-12);
    }

    @Test
    void gainsAreChecked() {
        assertThatThrownBy(() -> new LoopGains(-1, 1, 0, 0, 1, 1, 1)).hasMessageStartingWith("proportional = -1.0");
        assertThatThrownBy(() -> new LoopGains(1, -1, 0, 0, 1, 1, 1)).hasMessageStartingWith("integral = -1.0");
        assertThatThrownBy(() -> new LoopGains(1, 1, -1, 0, 1, 1, 1)).hasMessageStartingWith("derivative = -1.0");
        assertThatThrownBy(() -> new LoopGains(1, 1, 0, -1, 1, 1, 1)).hasMessageStartingWith("urgency = -1.0");
        assertThatThrownBy(() -> new LoopGains(1, 1, 0, 0, 0, 1, 1)).hasMessageStartingWith("agility = 0.0");
        assertThatThrownBy(() -> new LoopGains(1, 1, 0, 0, 1, 0, 1)).hasMessageStartingWith("slew_limit = 0.0");
        assertThatThrownBy(() -> new LoopGains(1, 1, 0, 0, 1, 1, -1)).hasMessageStartingWith("deadband = -1.0");
        assertThatThrownBy(() -> new LoopGains(0, 0, 0, 0, 1, 1, 1))
                .hasMessage("integral = 0.0, must be > 0 where proportional is 0");
        assertThat(new LoopGains(1, 0, 0, 0, 1, 1, 1).integral()).isZero();
        assertThat(new LoopGains(0, 1, 0, 0, 1, 1, 1).proportional()).isZero();
        assertThatThrownBy(() -> start(LoopGains.PID)).hasMessage("derivative = 0.1, must be 0 in a PI loop");
        assertThatThrownBy(() -> PiKl.start(Readings.SIX_PER_SEQUENCE, 20, BOUNDS))
                .hasMessage("kl_coef = 20.0, must be within [0.001, 10.0]");
        assertThatThrownBy(() -> PidKl.start(Readings.SIX_PER_SEQUENCE, 0, BOUNDS))
                .hasMessage("kl_coef = 0.0, must be finite and > 0");
    }

    private static KlController start(LoopGains gains) {
        return new PiKl(Readings.SIX_PER_SEQUENCE, 0.1, gains, BOUNDS, LoopMemory.EMPTY);
    }
}
