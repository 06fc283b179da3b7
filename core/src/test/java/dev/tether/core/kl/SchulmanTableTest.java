package dev.tether.core.kl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.stats.RunningStats;
import dev.tether.core.stats.SplitMix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of Schulman's note of 2020: x from q = N(0, 1), p = N(μ, 1); bias and deviation over the true KL μ²/2. */
class SchulmanTableTest {
    private static final int SAMPLES = 200_000;

    @ParameterizedTest
    @CsvSource({
        "0.1, K1, 0, 20, 0.05, 0.5",
        "0.1, K2, 0.002, 1.42, 0.0005, 0.005",
        "0.1, K3, 0, 1.42, 0.0005, 0.005",
        "1, K1, 0, 2, 0.05, 0.5",
        "1, K2, 0.25, 1.73, 0.005, 0.005",
        "1, K3, 0, 1.7, 0.05, 0.05"
    })
    void biasAndDeviationOverTheTruthAreThePrintedOnes(
            double mu, KlEstimator estimator, double bias, double deviation, double biasDigit, double deviationDigit) {
        double exact = mu * mu / 2;
        SplitMix random = new SplitMix(2020);
        double[] nats = new double[SAMPLES];
        RunningStats stats = RunningStats.EMPTY;
        for (int i = 0; i < SAMPLES; i++) {
            double x = random.nextGaussian();
            nats[i] = estimator.natsAt(mu * mu / 2 - mu * x);
            stats = stats.plus(nats[i]);
        }
        double meanError = stats.standardError() / exact;
        assertThat(Math.abs(stats.mean() / exact - 1 - bias)).isLessThan(3 * meanError + biasDigit);
        double spread = Math.sqrt(stats.besselVariance());
        RunningStats squares = RunningStats.EMPTY;
        for (double value : nats) {
            squares = squares.plus((value - stats.mean()) * (value - stats.mean()));
        }
        double spreadError = squares.standardError() / (2 * spread) / exact;
        assertThat(Math.abs(spread / exact - deviation)).isLessThan(3 * spreadError + deviationDigit);
    }
}
