package dev.tether.core.stats;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunningStatsTest {
    @Test
    void mergedPartsEqualOneStream() {
        SplittableRandom random = new SplittableRandom(23);
        for (int round = 0; round < 100; round++) {
            double[] values = random.doubles(1 + random.nextInt(30), -5, 5).toArray();
            int cut = random.nextInt(values.length + 1);
            RunningStats merged = RunningStats.of(Arrays.copyOfRange(values, 0, cut))
                    .merge(RunningStats.of(Arrays.copyOfRange(values, cut, values.length)));
            RunningStats whole = RunningStats.of(values);
            assertThat(merged.count()).isEqualTo(whole.count());
            assertThat(merged.min()).isEqualTo(whole.min());
            assertThat(merged.max()).isEqualTo(whole.max());
            assertClose("mean", merged.mean(), whole.mean(), 1e-13);
            assertClose("m2", merged.m2(), whole.m2(), 1e-12);
        }
    }

    @Test
    void aFarOffsetDoesNotEatTheVariance() {
        RunningStats stats = RunningStats.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16);
        assertClose("bessel", stats.besselVariance(), 30, 1e-12);
        assertClose("biased", stats.biasedVariance(), 22.5, 1e-12);
        assertThat(stats.min()).isEqualTo(1e9 + 4);
        assertThat(stats.max()).isEqualTo(1e9 + 16);
        assertClose("error of two", RunningStats.of(1, 3).standardError(), 1, 1e-15);
        assertClose("error of the mean", stats.standardError(), Math.sqrt(30.0 / 4), 1e-12);
    }

    /** Vector d4.33: trlX's running moments. */
    @Test
    void trlxStreams() {
        double[] ramp = new double[100];
        Arrays.setAll(ramp, i -> i);
        assertClose("ramp", RunningStats.of(ramp).mean(), 49.5, 1e-13);
        assertClose("ramp", RunningStats.of(ramp).biasedVariance(), 9999.0 / 12, 1e-13);
        double[] ones = new double[100];
        Arrays.fill(ones, 1);
        assertThat(RunningStats.of(ones).biasedVariance()).isZero();
        double[] powers = new double[10];
        Arrays.setAll(powers, Math::exp);
        double first = (Math.exp(10) - 1) / (Math.E - 1) / 10;
        double second = (Math.exp(20) - 1) / (Math.exp(2) - 1) / 10;
        assertClose("powers", RunningStats.of(powers).mean(), first, 1e-13);
        assertClose("powers", RunningStats.of(powers).biasedVariance(), second - first * first, 1e-12);
        assertClose("mixed", RunningStats.of(-10, -1, 0, 1, 10).biasedVariance(), 40.4, 1e-13);
    }

    @Test
    void aMeanWithAnInfinityIsInfiniteAndItsErrorUnknown() {
        RunningStats stats = RunningStats.of(1, Double.POSITIVE_INFINITY, 2, 3);
        assertThat(stats.mean()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(stats.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
        RunningStats merged = RunningStats.of(1, 2).merge(stats).merge(RunningStats.of(5));
        assertThat(merged.mean()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(RunningStats.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)
                        .mean())
                .isNaN();
    }

    @Test
    void tooFewValuesHaveNoVarianceAndAnUnknownError() {
        assertThat(RunningStats.of(4).standardError()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(RunningStats.of(4).biasedVariance()).isZero();
        assertThatThrownBy(() -> RunningStats.of(4).besselVariance()).hasMessageStartingWith("count = 1");
        assertThatThrownBy(RunningStats.EMPTY::biasedVariance).hasMessageStartingWith("count = 0");
        assertThat(RunningStats.EMPTY.merge(RunningStats.of(1, 2))).isEqualTo(RunningStats.of(1, 2));
        assertThat(RunningStats.of(1, 2).merge(RunningStats.EMPTY)).isEqualTo(RunningStats.of(1, 2));
    }
}
