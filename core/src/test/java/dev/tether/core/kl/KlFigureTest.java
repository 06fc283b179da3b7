package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.belt.PenaltyLoss;
import dev.tether.core.belt.PenaltyPlacement;
import org.junit.jupiter.api.Test;

class KlFigureTest {
    private static final KlType K1 = KlType.reference(KlEstimator.K1);

    @Test
    void figuresOfOneKindCompare() {
        assertThat(figure(K1, KlAggregation.TOKEN_MEAN, 0.3).minus(figure(K1, KlAggregation.TOKEN_MEAN, 0.1)))
                .isEqualTo(0.3 - 0.1);
        assertThat(figure(K1, KlAggregation.TOKEN_MEAN, 0.3).exceeds(new KlLimit(K1, KlAggregation.TOKEN_MEAN, 0.2)))
                .isTrue();
        assertThat(figure(K1, KlAggregation.TOKEN_MEAN, 0.2).exceeds(new KlLimit(K1, KlAggregation.TOKEN_MEAN, 0.2)))
                .isFalse();
    }

    @Test
    void figuresOfTwoKindsAreRefusedByWhatDiffers() {
        KlFigure mine = figure(K1, KlAggregation.SEQUENCE_SUM_MEAN, 6);
        KlFigure theirs = figure(KlType.update(KlEstimator.K3), KlAggregation.TOKEN_MEAN, 0.1);
        assertThatThrownBy(() -> mine.minus(theirs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "KL(policy ‖ reference) by K1 in nats/sequence (mean over sequences of sums) cannot be compared"
                                + " with KL(old policy ‖ policy) by K3 in nats/token (mean over tokens): they differ in direction,"
                                + " other distribution, estimator, unit");
        assertThatThrownBy(() -> mine.exceeds(new KlLimit(K1, KlAggregation.TOKEN_MEAN, 0.1)))
                .hasMessageEndingWith("they differ in unit");
        KlFigure sequenceMeans = figure(K1, KlAggregation.SEQUENCE_MEAN_MEAN, 0.1);
        assertThatThrownBy(() -> sequenceMeans.minus(figure(K1, KlAggregation.TOKEN_MEAN, 0.1)))
                .hasMessageEndingWith("they differ in aggregation");
    }

    @Test
    void aSummaryGivesItsTwoFigures() {
        KlSummary summary = new KlSummary(K1, 0.1, 0.01, 5, 0.5, 2, 200, 4);
        assertThat(summary.figure(KlUnit.NATS_PER_TOKEN))
                .isEqualTo(new KlFigure(K1, KlAggregation.TOKEN_MEAN, 0.1, 0.01, 200, 4, 0));
        assertThat(summary.figure(KlUnit.NATS_PER_SEQUENCE))
                .isEqualTo(new KlFigure(K1, KlAggregation.SEQUENCE_SUM_MEAN, 5, 0.5, 200, 4, 0));
        assertThat(summary.figure(KlUnit.NATS_PER_SEQUENCE).unit()).isEqualTo(KlUnit.NATS_PER_SEQUENCE);
    }

    /** Vector d1.3 with its clamps: NeMo RL, log-ratio ±20, value ±10. */
    @Test
    void nemoClampedVector() {
        KlClamp clamp = new KlClamp(20, 10);
        double[] d = {-1, 14, 29};
        double[][] expected = {{-1, 10, 10}, {1, 10, 10}, {.5, 10, 10}, {Math.E - 2, 10, 10}};
        for (KlEstimator estimator : KlEstimator.values()) {
            for (int i = 0; i < d.length; i++) {
                double nats = clamp.natsAt(estimator, d[i]);
                assertClose(estimator + " " + d[i], nats, expected[estimator.ordinal()][i], 1e-12);
            }
        }
    }

    /** Vector d1.4: NeMo RL, k3 with the log-ratio cut at 2; the token past it keeps a value and loses its gradient. */
    @Test
    void nemoInputClampVector() {
        KlClamp clamp = new KlClamp(2, Double.POSITIVE_INFINITY);
        double[] d = {-3, -1};
        double[] nats = {4.389056, .7182818};
        double[] gradient = {0, -1};
        double[][] logprobs = {{-3, -1}};
        double[][] slopes = PenaltyLoss.of(
                        PenaltyPlacement.WEIGHTED_K3_IN_LOSS,
                        logprobs,
                        logprobs,
                        new double[1][2],
                        ResponseMask.all(1, 2))
                .gradient();
        for (int i = 0; i < d.length; i++) {
            assertClose("value", clamp.natsAt(KlEstimator.K3, d[i]), nats[i], 5e-7);
            double slope = clamp.cuts(KlEstimator.K3, d[i]) ? 0 : 2 * slopes[0][i];
            assertClose("gradient of the sum", slope, gradient[i], 1e-12);
        }
    }

    /** Vector d1.8's end: a clamp of 5 on ±100 gives exactly ±5. */
    @Test
    void theLogRatioClampIsSymmetric() {
        KlClamp clamp = new KlClamp(5, Double.POSITIVE_INFINITY);
        assertThat(clamp.natsAt(KlEstimator.K1, 100)).isEqualTo(5);
        assertThat(clamp.natsAt(KlEstimator.K1, -100)).isEqualTo(-5);
    }

    /** Where others' value clamp of 10 goes slack: k3 beyond +11.0 and below −2.611 (rounded), k2 beyond ±4.472. */
    @Test
    void deadZonesOfTheValueClampOfTen() {
        KlClamp clamp = new KlClamp(Double.POSITIVE_INFINITY, 10);
        assertThat(clamp.cuts(KlEstimator.K3, -2.6108)).isFalse();
        assertThat(clamp.cuts(KlEstimator.K3, -2.6109)).isTrue();
        assertThat(clamp.cuts(KlEstimator.K3, 10.9999)).isFalse();
        assertThat(clamp.cuts(KlEstimator.K3, 11.0001)).isTrue();
        assertThat(clamp.cuts(KlEstimator.K2, 4.472)).isFalse();
        assertThat(clamp.cuts(KlEstimator.K2, 4.4722)).isTrue();
        assertThat(KlClamp.NONE.cuts(KlEstimator.K3, -700)).isFalse();
    }

    @Test
    void theShareOfClampedTokensTravelsWithTheFigure() {
        double[][] logprobs = {{-1, -1, -13, 5}};
        double[][] refLogprobs = {{-1, -16, -1, 5}};
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.ofLengths(new int[] {3}, 4));
        KlFigure figure = new KlClamp(Double.POSITIVE_INFINITY, 10).figure(pair, KlEstimator.K1, KlUnit.NATS_PER_TOKEN);
        assertClose("share", figure.clampedShare(), 2.0 / 3, 1e-15);
        assertThat(figure.nats()).isZero();
        KlFigure free = KlClamp.NONE.figure(pair, KlEstimator.K1, KlUnit.NATS_PER_TOKEN);
        assertThat(free).isEqualTo(KlSummary.of(pair, KlEstimator.K1).figure(KlUnit.NATS_PER_TOKEN));
        assertClose("unclamped", free.nats(), 1, 1e-15);
    }

    @Test
    void everyNumberIsChecked() {
        assertThatThrownBy(() -> new KlLimit(K1, KlAggregation.TOKEN_MEAN, 0)).hasMessageStartingWith("limit = 0.0");
        assertThatThrownBy(() -> new KlClamp(0, 1)).hasMessageStartingWith("log_ratio_limit = 0.0");
        assertThatThrownBy(() -> new KlClamp(1, -1)).hasMessageStartingWith("nats_limit = -1.0");
        assertThatThrownBy(() -> new KlFigure(K1, KlAggregation.TOKEN_MEAN, 0, Double.NaN, 2, 1, 0))
                .hasMessageStartingWith("standard_error = NaN");
        assertThatThrownBy(() -> new KlFigure(K1, KlAggregation.TOKEN_MEAN, 0, 0, 1, 2, 0))
                .hasMessageStartingWith("tokens = 1");
        assertThatThrownBy(() -> new KlFigure(K1, KlAggregation.TOKEN_MEAN, 0, 0, 2, 1, 1.5))
                .hasMessageStartingWith("clamped_share = 1.5");
    }

    @Test
    void aVocabularyKlCannotBeHadFromChosenTokens() {
        LogprobPair pair = new LogprobPair(new double[][] {{-1}}, new double[][] {{-1}}, ResponseMask.all(1, 1));
        assertThatThrownBy(() -> KlSummary.of(pair, KlType.reference(VocabularyKl.RAO_BLACKWELL)))
                .hasMessage(
                        "KL(policy ‖ reference) by RAO_BLACKWELL needs the whole vocabulary: the logprobs of the chosen"
                                + " tokens are not enough");
    }

    private static KlFigure figure(KlType type, KlAggregation aggregation, double nats) {
        return new KlFigure(type, aggregation, nats, 0.01, 100, 10, 0);
    }
}
