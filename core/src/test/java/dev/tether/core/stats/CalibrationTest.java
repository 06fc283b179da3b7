package dev.tether.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final double LOG_3 = Math.log(3);

    @Test
    void wilsonsIntervalIsThatOfTheTextbook() {
        // Wilson 1927 by hand: 8 of 10 at 95 %
        Interval interval = new Proportion(8, 10).interval();
        assertThat(interval.low()).isCloseTo(0.49016, within(1e-5));
        assertThat(interval.high()).isCloseTo(0.94332, within(1e-5));
        assertThat(new Proportion(10, 10).interval().high()).isEqualTo(1, within(1e-12));
    }

    @Test
    void theErrorIsTheGapBetweenConfidenceAndAccuracyWeighedByPairs() {
        // σ(log 3) = 0.75, right in 2 of 4: gap 0.25; and surely right once: gap 1 − σ(40) ≈ 0
        double[] margins = {LOG_3, -LOG_3, LOG_3, -LOG_3, 40};
        Calibration calibration = Calibration.of(margins, 10);
        assertThat(calibration.bins()).hasSize(2);
        assertThat(calibration.bins().get(0).confidence()).isCloseTo(0.75, within(1e-12));
        assertThat(calibration.bins().get(0).accuracy()).isEqualTo(new Proportion(2, 4));
        assertThat(calibration.expectedError()).isCloseTo(0.25 * 4 / 5, within(1e-12));
    }

    @Test
    void aTieIsHalfRight() {
        assertThat(Calibration.accuracy(new double[] {0, 1})).isEqualTo(new Proportion(1.5, 2));
        assertThat(Calibration.of(new double[] {0}, 5).expectedError()).isZero();
    }

    @Test
    void pairsDrawnFromTheModelItselfAreCalibrated() {
        double[] margins = drawn(20_000, 1);
        assertThat(Calibration.of(margins, 10).expectedError()).isLessThan(0.015);
        assertThat(Logistic.temperature(margins)).isCloseTo(1, within(0.04));
    }

    @Test
    void marginsThatAreTwiceTooLargeNeedATemperatureOfTwo() {
        double[] margins = drawn(20_000, 2);
        assertThat(Logistic.temperature(margins)).isCloseTo(2, within(0.08));
        assertThat(Calibration.of(margins, 10).expectedError()).isGreaterThan(0.03);
    }

    /** Margins that say {@code scale} times what decides. */
    private static double[] drawn(int pairs, double scale) {
        Random random = new Random(5);
        return Arrays.stream(random.doubles(pairs, -2, 2).toArray())
                .map(x -> random.nextDouble() < Logistic.sigma(x) ? scale * x : -scale * x)
                .toArray();
    }

    @Test
    void theLogisticLossIsExactAtBothEnds() {
        assertThat(Logistic.loss(0)).isCloseTo(Math.log(2), within(1e-15));
        assertThat(Logistic.loss(800)).isZero();
        assertThat(Logistic.loss(-800)).isEqualTo(800);
        assertThat(Logistic.loss(40)).isCloseTo(Math.exp(-40), within(1e-30));
        assertThat(Logistic.meanLoss(new double[] {LOG_3, -LOG_3}))
                .isCloseTo((-Math.log(0.75) - Math.log(0.25)) / 2, within(1e-14));
    }

    @Test
    void whereNoTemperatureFitsBestItIsAtItsEnd() {
        assertThat(Logistic.temperature(new double[] {1, 2})).isCloseTo(1e-3, within(1e-9));
        assertThat(Logistic.temperature(new double[] {-1, -2})).isCloseTo(1e3, within(1e-3));
    }
}
