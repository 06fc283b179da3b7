package dev.tether.core.stats;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    @Test
    void theSameSeedGivesTheSameInterval() {
        double[] values = {1, 5, 2, 8, 3};
        assertThat(new Bootstrap(.9, 300, 7).ofMean(values)).isEqualTo(new Bootstrap(.9, 300, 7).ofMean(values));
        assertThat(new Bootstrap(.9, 300, 7).ofMean(values)).isNotEqualTo(new Bootstrap(.9, 300, 8).ofMean(values));
    }

    @Test
    void intervalsCoverTheTruthAboutAsOftenAsTheySay() {
        SplitMix random = new SplitMix(67);
        int covered = 0;
        int coveredRatio = 0;
        int rounds = 600;
        for (int round = 0; round < rounds; round++) {
            double[] sums = new double[40];
            long[] counts = new long[40];
            for (int i = 0; i < sums.length; i++) {
                counts[i] = 5 + random.nextInt(20);
                sums[i] = counts[i] * (0.2 + 0.1 * random.nextGaussian());
            }
            Bootstrap bootstrap = new Bootstrap(.9, 200, random.next());
            covered += bootstrap.ofMean(sums).contains(0.2 * 14.5) ? 1 : 0;
            coveredRatio += bootstrap.ofRatio(sums, counts).contains(0.2) ? 1 : 0;
        }
        // binomial error of 600 rounds is 0.012; the percentile bootstrap of 40 draws falls a little short of its level
        assertThat((double) covered / rounds).isBetween(0.84, 0.93);
        assertThat((double) coveredRatio / rounds).isBetween(0.84, 0.93);
    }

    @Test
    void theWidthIsThatOfTheStandardError() {
        SplitMix random = new SplitMix(71);
        double[] values = new double[200];
        Arrays.setAll(values, i -> random.nextGaussian());
        Interval interval = new Bootstrap(.6827, 4000, 1).ofMean(values);
        double halfWidth = (interval.high() - interval.low()) / 2;
        assertThat(halfWidth / RunningStats.of(values).standardError()).isCloseTo(1, within(0.05));
    }

    @Test
    void sumAndCountAreDrawnTogether() {
        Interval interval = new Bootstrap(.9, 200, 3).ofRatio(new double[] {1, 2, 30}, new long[] {2, 4, 60});
        assertClose("low", interval.low(), 0.5, 1e-15);
        assertClose("high", interval.high(), 0.5, 1e-15);
    }

    @Test
    void quantilesLieBetweenNeighbours() {
        double[] sorted = {1, 2, 4, 8};
        assertThat(Bootstrap.quantile(sorted, 0)).isEqualTo(1);
        assertThat(Bootstrap.quantile(sorted, 1)).isEqualTo(8);
        assertThat(Bootstrap.quantile(sorted, 0.5)).isEqualTo(3);
        assertThat(Bootstrap.quantile(new double[] {1, Double.POSITIVE_INFINITY}, 0))
                .isEqualTo(1);
    }

    @Test
    void wrongSettingsAreRefused() {
        assertThatThrownBy(() -> new Bootstrap(1, 200, 1)).hasMessage("level = 1.0, must be in (0, 1)");
        assertThatThrownBy(() -> new Bootstrap(.9, 99, 1)).hasMessage("resamples = 99, must be at least 100");
        assertThatThrownBy(() -> new Bootstrap(.9, 100, 1).ofMean(new double[0]))
                .hasMessage("draws = 0, must be at least 1");
        assertThatThrownBy(() -> new Interval(2, 1, .9)).hasMessage("high = 1.0, must be at least the low end, 2.0");
    }

    @Test
    void splitMixDrawsArePublishedOnes() {
        // the first outputs for seed 1234567, as in the reference C code's test vector
        SplitMix random = new SplitMix(1234567);
        assertThat(random.next()).isEqualTo(6457827717110365317L);
        assertThat(random.next()).isEqualTo(3203168211198807973L);
    }

    @Test
    void gaussianDrawsHaveMeanZeroAndVarianceOne() {
        SplitMix random = new SplitMix(73);
        RunningStats stats = RunningStats.EMPTY;
        RunningStats uniform = RunningStats.EMPTY;
        for (int i = 0; i < 40_000; i++) {
            stats = stats.plus(random.nextGaussian());
            uniform = uniform.plus(random.nextDouble());
            assertThat(random.nextInt(7)).isBetween(0, 6);
        }
        assertThat(stats.mean()).isCloseTo(0, within(0.015));
        assertThat(stats.besselVariance()).isCloseTo(1, within(0.03));
        assertThat(uniform.mean()).isCloseTo(0.5, within(0.005));
        assertThat(uniform.min()).isNotNegative();
        assertThat(uniform.max()).isLessThan(1);
    }
}
