package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlSignificance.Verdict;
import dev.tether.core.stats.SplitMix;
import org.junit.jupiter.api.Test;

class KlSignificanceTest {
    @Test
    void aNegativeReadingWithinItsErrorIsNoise() {
        KlSignificance result = KlSignificance.of(figure(KlEstimator.K1, -0.5, 0.4, 32));
        assertThat(result.verdict()).isEqualTo(Verdict.NOISE);
        assertThat(result.likelyCauses()).isEmpty();
        assertThat(result.sentence()).contains("-0.5 ± 0.4").contains("no different from zero");
    }

    @Test
    void aNegativeReadingBeyondItsErrorIsAFindingWithCauses() {
        KlSignificance result = KlSignificance.of(figure(KlEstimator.K1, -5, 0.4, 32));
        assertThat(result.verdict()).isEqualTo(Verdict.NEGATIVE);
        assertThat(result.likelyCauses()).containsExactly(NegativeKlCause.values());
        assertThat(result.sentence()).contains("which no KL can be").contains("temperature, top-k or top-p");
        assertClose("t", result.t(), -12.5, 1e-12);
    }

    @Test
    void anEstimatorThatCannotBeNegativeNeedsNoTest() {
        KlSignificance result = KlSignificance.of(figure(KlEstimator.K3, -1e-3, Double.POSITIVE_INFINITY, 1));
        assertThat(result.verdict()).isEqualTo(Verdict.NEGATIVE);
        assertThat(result.sentence()).contains("the number is not what its name says");
        assertThat(KlSignificance.of(figure(KlEstimator.K1, -1e-3, Double.POSITIVE_INFINITY, 1))
                        .verdict())
                .isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void withoutAnErrorNothingIsSaid() {
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 3, Double.POSITIVE_INFINITY, 9))
                        .verdict())
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, Double.NaN, 1, 9)).verdict())
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 3, 1, 1)).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void exactZeroIsNoiseAndUnanimousNonzeroIsNot() {
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 0, 0, 8)).verdict()).isEqualTo(Verdict.NOISE);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, -0.1, 0, 8)).verdict())
                .isEqualTo(Verdict.NEGATIVE);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 0.1, 0, 8)).verdict())
                .isEqualTo(Verdict.POSITIVE);
    }

    @Test
    void fewSequencesNeedAFartherReading() {
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 4, 1, 64)).verdict())
                .isEqualTo(Verdict.POSITIVE);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 4, 1, 4)).verdict()).isEqualTo(Verdict.NOISE);
        // three degrees of freedom: 10.21 is the 0.1 % point of the printed table
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 10.25, 1, 4)).verdict())
                .isEqualTo(Verdict.POSITIVE);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 10.15, 1, 4)).verdict())
                .isEqualTo(Verdict.NOISE);
        assertThat(KlSignificance.of(figure(KlEstimator.K1, 400, 1, 2)).verdict())
                .isEqualTo(Verdict.POSITIVE);
        assertThat(KlSignificance.of(figure(KlEstimator.K3, 0, 0, 4)).verdict()).isEqualTo(Verdict.NOISE);
        assertThat(KlSignificance.of(figure(KlEstimator.K3, 0.5, 1, 4)).verdict())
                .isEqualTo(Verdict.NOISE);
    }

    @Test
    void aTrueZeroIsCalledNegativeAsOftenAsStated() {
        SplitMix random = new SplitMix(79);
        int alarms = 0;
        int rounds = 4000;
        ResponseMask mask = ResponseMask.all(8, 3);
        for (int round = 0; round < rounds; round++) {
            double[][] nats = new double[8][3];
            for (double[] row : nats) {
                double shared = random.nextGaussian();
                for (int t = 0; t < 3; t++) {
                    row[t] = shared + 0.5 * random.nextGaussian();
                }
            }
            KlFigure figure =
                    KlSummary.of(KlType.reference(KlEstimator.K1), nats, mask).figure(KlUnit.NATS_PER_SEQUENCE);
            alarms += KlSignificance.of(figure, 0.05).verdict() == Verdict.NEGATIVE ? 1 : 0;
        }
        // 200 expected, binomial deviation 13.8
        assertThat(alarms).isBetween(160, 240);
    }

    @Test
    void theFalseAlarmRateIsChecked() {
        assertThatThrownBy(() -> KlSignificance.of(figure(KlEstimator.K1, 1, 1, 4), 0.5))
                .hasMessage("false_alarm_rate = 0.5, must be in (0, 0.5)");
    }

    private static KlFigure figure(KlEstimator estimator, double nats, double error, long sequences) {
        return new KlFigure(
                KlType.reference(estimator),
                KlAggregation.SEQUENCE_SUM_MEAN,
                nats,
                error,
                20 * sequences,
                sequences,
                0);
    }
}
