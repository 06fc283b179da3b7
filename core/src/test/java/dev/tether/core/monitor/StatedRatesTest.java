package dev.tether.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.stats.StudentT;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The false-alarm rates that the checks state, measured at the limit, on steps with and without a memory. */
class StatedRatesTest {
    private static final int LOOKS = 100_000;
    private static final double CORRELATED = 0.5;
    private final Random random = new Random(3);

    @Test
    void aLevelAtItsLimitIsCalledAboveItAsSeldomAsStated() {
        for (int steps : new int[] {10, 20}) {
            assertThat(rate(steps, 0, values -> Level.of(values).isAbove(0, Rates.PER_LOOK)))
                    .isBetween(1e-4, 1e-3);
            assertThat(rate(steps, CORRELATED, values -> Level.of(values).isAbove(0, Rates.PER_LOOK)))
                    .isBetween(1e-3, 1e-2);
        }
    }

    @Test
    void aShiftAtItsLimitIsCalledAsSeldomAsStated() {
        assertThat(rate(30, 0, values -> shift(values).fellBy(0, Rates.PER_LOOK)))
                .isBetween(1e-4, 1e-3);
        assertThat(rate(30, CORRELATED, values -> shift(values).fellBy(0, Rates.PER_LOOK)))
                .isBetween(1e-3, 1e-2);
    }

    @Test
    void theBestOfManyIsCalledBetterThanTheLastAsSeldomAsStated() {
        Predicate<double[]> falls =
                values -> new Shift(Level.of(Arrays.copyOf(values, 8)), Level.of(Arrays.copyOfRange(values, 8, 16)))
                        .fellBy(0, Rates.RARELY);

        assertThat(rate(16, 0, falls)).isLessThan(5e-5);
        assertThat(rate(16, CORRELATED, falls)).isLessThan(1.0 / 2000);
    }

    @Test
    void aKlOfZeroIsCalledNegativeAsSeldomAsStated() {
        assertThat(rate(20, 0, values -> Level.of(values).isBelow(0, Rates.RARELY)))
                .isLessThan(5e-5);
        assertThat(rate(20, CORRELATED, values -> Level.of(values).isBelow(0, Rates.RARELY)))
                .isLessThan(1e-3);
    }

    @Test
    void fiveStandardErrorsOfThirtyTwoResponsesAreAsRareAsStated() {
        assertThat(StudentT.upperTail(5, 31)).isCloseTo(1e-5, within(0.1e-5));
    }

    @Test
    void noTrendIsCalledATrendAsSeldomAsStated() {
        assertThat(rate(40, 0, values -> Trend.of(values).rises(Rates.PER_LOOK)))
                .isBetween(1e-4, 1e-3);
        assertThat(rate(40, CORRELATED, values -> Trend.of(values).rises(Rates.PER_LOOK)))
                .isBetween(1e-3, 1e-2);
    }

    @Test
    void aTrendKnowsItsSlopeAndItsNoise() {
        double[] values = new double[400];
        for (int i = 0; i < values.length; i++) {
            values[i] = 3 + 0.02 * i + 0.5 * random.nextGaussian();
        }

        Trend trend = Trend.of(values);

        assertThat(trend.slope()).isCloseTo(0.02, within(4 * 0.5 * Math.sqrt(12 / Math.pow(400, 3))));
        assertThat(trend.standardError()).isCloseTo(0.5 * Math.sqrt(12 / Math.pow(400, 3)), within(5e-5));
        assertThat(trend.noise()).isCloseTo(0.5, within(0.06));
    }

    @Test
    void stepsThatAreAllEqualHaveNoErrorAndAreJudgedByTheLimitAlone() {
        Level level = Level.of(new double[] {0.25, 0.25, 0.25, 0.25});

        assertThat(level.standardError()).isZero();
        assertThat(level.isAbove(0.25, Rates.RARELY)).isFalse();
        assertThat(level.isAbove(0.2, Rates.RARELY)).isTrue();
        assertThat(level.isBelow(0.3, Rates.RARELY)).isTrue();
    }

    private static Shift shift(double[] values) {
        return new Shift(
                Level.of(DoubleStream.of(values).limit(10).toArray()),
                Level.of(DoubleStream.of(values).skip(10).toArray()));
    }

    private double rate(int steps, double correlation, Predicate<double[]> speaks) {
        int spoken = 0;
        for (int look = 0; look < LOOKS; look++) {
            spoken += speaks.test(steps(steps, correlation)) ? 1 : 0;
        }
        return (double) spoken / LOOKS;
    }

    private double[] steps(int count, double correlation) {
        double[] values = new double[count];
        double value = random.nextGaussian();
        for (int i = 0; i < count; i++) {
            value = correlation * value + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
            values[i] = value;
        }
        return values;
    }
}
