package dev.tether.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeastSquaresTest {
    @Test
    void aLineIsFittedAsTheTextbookDoes() {
        // Anscombe's first quartet: 3 + 0.5 x, R² = 0.6665, standard errors 1.1247 and 0.1179
        double[] x = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
        double[] y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};

        LeastSquares fit = LeastSquares.fit(new double[][] {ones(11), x}, y);

        assertThat(fit.coefficient(0)).isCloseTo(3.0001, within(1e-4));
        assertThat(fit.coefficient(1)).isCloseTo(0.5001, within(1e-4));
        assertThat(fit.rSquared()).isCloseTo(0.6665, within(1e-4));
        // the residuals of these points alternate: no autocorrelation is believed
        assertThat(Math.sqrt(fit.covariance(0, 0))).isCloseTo(1.1247, within(1e-4));
        assertThat(Math.sqrt(fit.covariance(1, 1))).isCloseTo(0.1179, within(1e-4));
        assertThat(fit.degrees()).isEqualTo(9);
        assertThat(fit.interval(1, 0.95).low()).isCloseTo(0.5001 - 2.2622 * 0.1179, within(1e-3));
    }

    @Test
    void intervalsCoverTheTruthAsOftenAsTheySay() {
        Random random = new Random(11);
        int covered = 0;
        for (int run = 0; run < 1000; run++) {
            double[] x = IntStream.range(0, 30).mapToDouble(i -> i / 10.0).toArray();
            double[] squares = Arrays.stream(x).map(v -> v * v).toArray();
            double[] y = Arrays.stream(x)
                    .map(v -> 1 + 2 * v - 0.5 * v * v + random.nextGaussian())
                    .toArray();
            LeastSquares fit = LeastSquares.fit(new double[][] {ones(30), x, squares}, y);
            covered += fit.interval(2, 0.95).contains(-0.5) ? 1 : 0;
        }

        // three standard errors of 95 % over 1000
        assertThat(covered / 1000.0).isBetween(0.95 - 0.021, 0.95 + 0.03);
    }

    @Test
    void residualsThatRememberEachOtherWidenTheIntervals() {
        Random random = new Random(1);
        double[] wander = new double[60];
        for (int i = 1; i < 60; i++) {
            wander[i] = 0.9 * wander[i - 1] + random.nextGaussian();
        }
        double[] shuffled =
                IntStream.range(0, 60).mapToDouble(i -> wander[(i * 37) % 60]).toArray();

        LeastSquares slow = LeastSquares.fit(new double[][] {ones(60)}, wander);
        LeastSquares fast = LeastSquares.fit(new double[][] {ones(60)}, shuffled);

        assertThat(slow.coefficient(0)).isCloseTo(fast.coefficient(0), within(1e-12));
        assertThat(slow.covariance(0, 0)).isGreaterThan(3 * fast.covariance(0, 0));
        assertThat(slow.degrees()).isLessThan(fast.degrees() / 3);
    }

    @Test
    void columnsThatFollowFromEachOtherAreRefused() {
        double[] x = {1, 2, 3, 4};
        assertThatThrownBy(() -> LeastSquares.fit(new double[][] {x, {2, 4, 6, 8}}, new double[] {1, 2, 3, 5}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("independent");
        assertThatThrownBy(() -> LeastSquares.fit(new double[][] {x}, new double[] {1}))
                .hasMessage("points = 1, must be at least 2");
    }

    @Test
    void quantilesOfStudentsTAreThoseOfTheTables() {
        assertThat(StudentT.quantile(0.975, 9)).isCloseTo(2.262157, within(1e-6));
        assertThat(StudentT.quantile(0.975, 1)).isCloseTo(12.706205, within(1e-6));
        assertThat(StudentT.quantile(0.999, 30)).isCloseTo(3.385185, within(1e-6));
        assertThat(StudentT.quantile(0.025, 9)).isCloseTo(-2.262157, within(1e-6));
        assertThat(StudentT.quantile(0.5, 9)).isCloseTo(0, within(1e-9));
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
