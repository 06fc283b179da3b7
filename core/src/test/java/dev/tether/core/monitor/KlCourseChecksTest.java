package dev.tether.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Courses of KL that look like a fault and are none, beside those that are one. */
class KlCourseChecksTest {
    private static final Check BOUND = new KlWithoutBound();
    private static final Check SPIKE = new KlSpike();
    private final Random random = new Random(8);

    @Test
    void aKlThatRisesAndSettlesDoesNotGrowWithoutBound() {
        IntToDoubleFunction settling = i -> 2 * (1 - Math.exp(-i / 6.0)) + 0.01 * random.nextGaussian();
        IntToDoubleFunction straight = i -> 0.05 * i + 0.01 * random.nextGaussian();

        assertThat(speaks(BOUND, course(40, settling))).isFalse();
        assertThat(speaks(BOUND, course(40, straight))).isTrue();
    }

    @Test
    void aRiseThatIsLostInTheNoiseOfItsStepsIsNoGrowthWithoutBound() {
        int lost = 0;
        int seen = 0;
        for (int run = 0; run < 50; run++) {
            lost += speaks(BOUND, course(40, i -> 1 + 0.25 * (2.2 * i / 40 + random.nextGaussian()))) ? 1 : 0;
            seen += speaks(BOUND, course(40, i -> 1 + 0.25 * (8.0 * i / 40 + random.nextGaussian()))) ? 1 : 0;
        }

        assertThat(lost).isLessThanOrEqualTo(1);
        assertThat(seen).isGreaterThanOrEqualTo(40);
    }

    @Test
    void aRiseByLessThanAQuarterIsNoGrowthWithoutBound() {
        assertThat(speaks(BOUND, course(40, i -> 5 + 0.02 * i + 0.001 * random.nextGaussian())))
                .isFalse();
    }

    @Test
    void aSteadyRiseIsNoSpike() {
        IntToDoubleFunction ramp = i -> 0.1 + Math.max(0, i - 25) * 0.03 + 0.002 * random.nextGaussian();

        for (int steps = 20; steps <= 45; steps++) {
            assertThat(speaks(SPIKE, course(steps, ramp))).as("after " + steps).isFalse();
        }
        assertThat(speaks(SPIKE, course(30, i -> i == 29 ? 0.35 : 0.1 + 0.002 * random.nextGaussian())))
                .isTrue();
    }

    @Test
    void aTargetThatIsReachedOrSmallIsNotTooSmallAKl() {
        Check small = new KlTooSmall();
        List<ObservedStep> untargeted = course(60, i -> 0.004 + 0.0001 * random.nextGaussian());

        assertThat(speaks(small, untargeted)).isTrue();
        assertThat(speaks(small, SimulatedRun.with(untargeted, Figure.TARGET_PER_TOKEN, 0, i -> 0.005)))
                .isFalse();
        assertThat(speaks(small, SimulatedRun.with(untargeted, Figure.TARGET_PER_TOKEN, 0, i -> 0.1)))
                .isTrue();
        assertThat(speaks(small, SimulatedRun.with(untargeted, Figure.KL_COEF, 0, i -> 0)))
                .isFalse();
        List<ObservedStep> reached = SimulatedRun.with(untargeted, Figure.KL_PER_SEQUENCE, 0, i -> 4);
        assertThat(speaks(small, SimulatedRun.with(reached, Figure.TARGET_PER_SEQUENCE, 0, i -> 6)))
                .isFalse();
    }

    private static boolean speaks(Check check, List<ObservedStep> run) {
        return check.examine(new Window(run)).isPresent();
    }

    private static List<ObservedStep> course(int steps, IntToDoubleFunction natsPerToken) {
        List<ObservedStep> run = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            run.add(new ObservedStep(i + 1L, Map.of(Figure.KL_PER_TOKEN, natsPerToken.applyAsDouble(i))));
        }
        return run;
    }
}
