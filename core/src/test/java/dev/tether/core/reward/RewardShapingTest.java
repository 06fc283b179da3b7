package dev.tether.core.reward;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.plus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import org.junit.jupiter.api.Test;

class RewardShapingTest {
    /** Four one-token answers, as tutorials print them. */
    @Test
    void theTutorialExampleComesOutToTheDigit() {
        double[][] logprobs = {{-2.0}, {-2.5}, {-3.0}, {-2.2}};
        double[][] refLogprobs = {{-2.1}, {-2.3}, {-2.8}, {-2.5}};
        double[] scores = {1.0, 0.5, -0.2, 0.8};
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.all(4, 1));
        ShapedRewards shaped = RewardShaping.shape(pair, scores, KlEstimator.K1, 0.1, ScorePlacement.LAST_TOKEN);
        double[][] kl = {{0.10}, {-0.20}, {-0.20}, {0.30}};
        assertClose("KL", pair.natsPerToken(KlEstimator.K1), kl, 1e-12);
        assertClose("totals", shaped.rewards(), new double[][] {{0.99}, {0.52}, {-0.18}, {0.77}}, 1e-12);
        double meanKl = KlSummary.of(pair, KlEstimator.K1).natsPerToken();
        assertClose("the penalty is β times the mean log-ratio", shaped.meanPenaltyPerSequence(), -0.1 * meanKl, 1e-15);
        assertClose("rlhf reward", shaped.rlhfReward(), (0.99 + 0.52 - 0.18 + 0.77) / 4, 1e-12);
    }

    /** Vector d1.11: torchtune. Shifted by -2 so that its made-up logprobs are logprobs; only differences count. */
    @Test
    void torchtuneVector() {
        double[][] logprobs = plus(new double[][] {{.1, .2, .3}, {.4, .5, .6}, {.6, .7, .8}}, -2);
        double[][] refLogprobs = plus(new double[][] {{.2, .3, .4}, {.6, .7, .8}, {.9, 1, 1.1}}, -2);
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.all(3, 3));
        ShapedRewards shaped =
                RewardShaping.shape(pair, new double[] {1, 2, 3}, KlEstimator.K1, .5, ScorePlacement.LAST_TOKEN);
        double[][] penalty = {{.05, .05, .05}, {.1, .1, .1}, {.15, .15, .15}};
        assertClose("penalty", shaped.klPenalty(), penalty, 1e-12);
        assertClose("mean penalty", shaped.meanPenaltyPerSequence(), (.15 + .3 + .45) / 3, 1e-12);
        assertClose("rlhf reward", shaped.rlhfReward(), 2 + (.15 + .3 + .45) / 3, 1e-12);
        double[][] rewards = {{.05, .05, 1.05}, {.1, .1, 2.1}, {.15, .15, 3.15}};
        assertClose("rewards", shaped.rewards(), rewards, 1e-12);
    }

    @Test
    void theScoreLandsAfterTheLastTokenWhereThereIsRoom() {
        LogprobPair pair = agreeing(ResponseMask.ofLengths(new int[] {1, 2}, 2));
        double[] scores = {3, 4};
        ShapedRewards last = RewardShaping.shape(pair, scores, KlEstimator.K1, 1, ScorePlacement.LAST_TOKEN);
        ShapedRewards after = RewardShaping.shape(pair, scores, KlEstimator.K1, 1, ScorePlacement.AFTER_LAST_TOKEN);
        assertClose("last", last.rewards(), new double[][] {{3, 0}, {0, 4}}, 0);
        assertClose("after", after.rewards(), new double[][] {{0, 3}, {0, 4}}, 0);
        assertThat(last.rewardMask()).isEqualTo(pair.responseMask());
        assertThat(after.rewardMask()).isEqualTo(ResponseMask.all(2, 2));
    }

    @Test
    void aSequenceWithoutTokensEarnsOnlyWhereItHasAPosition() {
        LogprobPair pair = agreeing(ResponseMask.ofLengths(new int[] {0, 2}, 2));
        double[] scores = {3, 4};
        ShapedRewards last = RewardShaping.shape(pair, scores, KlEstimator.K1, 1, ScorePlacement.LAST_TOKEN);
        ShapedRewards after = RewardShaping.shape(pair, scores, KlEstimator.K1, 1, ScorePlacement.AFTER_LAST_TOKEN);
        assertClose("last", last.rewards(), new double[][] {{0, 0}, {0, 4}}, 0);
        assertClose("after", after.rewards(), new double[][] {{3, 0}, {0, 4}}, 0);
    }

    @Test
    void withoutABeltEvenAnInfiniteKlCostsNothing() {
        LogprobPair pair = new LogprobPair(new double[][] {{-800}}, new double[][] {{-1}}, ResponseMask.all(1, 1));
        ShapedRewards shaped =
                RewardShaping.shape(pair, new double[] {2}, KlEstimator.K3, 0, ScorePlacement.LAST_TOKEN);
        assertThat(shaped.rewards()[0]).containsExactly(2);
        assertThat(shaped.klPenalty()[0]).containsExactly(0);
    }

    @Test
    void wrongScoresAndCoefficientsAreRefused() {
        LogprobPair pair = agreeing(ResponseMask.all(2, 2));
        assertThatThrownBy(() -> shape(pair, new double[] {1, Double.NaN}, 1))
                .hasMessage("scores[1] = NaN, must be finite");
        assertThatThrownBy(() -> shape(pair, new double[] {1}, 1))
                .hasMessage("scores has length 1, must equal the length of the batch, 2");
        assertThatThrownBy(() -> shape(pair, new double[] {1, 2}, -0.1))
                .hasMessage("kl_coef = -0.1, must be finite and >= 0");
    }

    private static ShapedRewards shape(LogprobPair pair, double[] scores, double klCoef) {
        return RewardShaping.shape(pair, scores, KlEstimator.K1, klCoef, ScorePlacement.LAST_TOKEN);
    }

    private static LogprobPair agreeing(ResponseMask mask) {
        double[][] logprobs = {{-1, -1}, {-1, -1}};
        return new LogprobPair(logprobs, logprobs, mask);
    }
}
