package dev.tether.core.advantage;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.filled;
import static dev.tether.core.Arrays2.poisonUncounted;
import static dev.tether.core.Arrays2.randomMask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ShapedRewards;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GaeTest {
    /** Vector d3.17: SkyRL. */
    @Test
    void skyrlReturns() {
        double[][] rewards = {{1, 2, 3}};
        double[][] values = {{.5, 1, 1.5}};
        assertClose("γ=λ=1", returns(rewards, values, 1, 1), new double[][] {{6, 5, 3}}, 1e-12);
        assertClose("γ=.5", returns(rewards, values, .5, 1), new double[][] {{2.75, 3.5, 3}}, 1e-12);
        assertClose("λ=.5", returns(rewards, values, 1, .5), new double[][] {{3.625, 4.25, 3}}, 1e-12);
    }

    /** Vector d3.18: torchtune. */
    @Test
    void torchtuneReturns() {
        double[][] last = {{0, 0, 0, 1}};
        double[][] expected = {{Math.pow(.9, 3) * .95 * .95, .81 * .95, .9, 1}};
        assertClose("returns", returns(last, last, .9, .95), expected, 1e-12);
    }

    /** Vector d3.20: verl, γ = .5, a gap of observation tokens, reward 2 at the end. */
    @Test
    void verlDiscountedReturnsSkipTheGap() {
        ResponseMask gap = ResponseMask.of(new boolean[][] {{true, true, false, false, true}});
        Advantages result =
                Gae.estimate(new double[][] {{0, 0, 9, 9, 2}}, new double[1][5], gap, new GaeSettings(.5, 1));
        assertClose("returns", result.returns(), new double[][] {{.5, 1, 0, 0, 2}}, 1e-12);
    }

    /** Vector d3.21: miles, the KL of uncounted tokens must not leak into the return of token 0. */
    @Test
    void milesReturnDoesNotLeakUncountedKl() {
        // KL 1 on every token, also the uncounted, discounted over positions in the original; here over counted ones
        LogprobPair pair = new LogprobPair(
                new double[][] {{-1, -1, -1, -1}},
                new double[][] {{-2, -2, -2, -2}},
                ResponseMask.of(new boolean[][] {{true, false, false, true}}));
        ShapedRewards shaped =
                RewardShaping.shape(pair, new double[] {0}, KlEstimator.K1, 1, ScorePlacement.LAST_TOKEN);
        double[][] zeros = new double[1][4];
        double overPositions = 0;
        for (int t = 3; t >= 0; t--) {
            overPositions = shaped.rewards()[0][t] + .9 * overPositions;
        }
        assertClose("discounted over positions", overPositions, -1.729, 1e-12);
        Advantages counted = Gae.estimate(shaped.rewards(), zeros, shaped.rewardMask(), new GaeSettings(.9, 1));
        assertClose("discounted over counted tokens", counted.returns()[0][0], -1.9, 1e-12);
    }

    /** Vector d3.22: slime, discounted returns of −coef·KL with the reward at the last counted token. */
    @Test
    void slimeDiscountedReturns() {
        double[][] kl = {{.2, .1, .3, .4, .5}, {.4, .2, .1}};
        ResponseMask mask = ResponseMask.of(new boolean[][] {{false, true, true, true, false}, {true, true, true}});
        double[][] refLogprobs = Arrays.stream(kl)
                .map(row -> Arrays.stream(row).map(x -> -1 - x).toArray())
                .toArray(double[][]::new);
        double[][] logprobs = {{-1, -1, -1, -1, -1}, {-1, -1, -1}};
        ShapedRewards shaped = RewardShaping.shape(
                new LogprobPair(logprobs, refLogprobs, mask),
                new double[] {2, -1},
                KlEstimator.K1,
                .1,
                ScorePlacement.LAST_TOKEN);
        double[][] returns = Gae.estimate(
                        shaped.rewards(), new double[][] {new double[5], new double[3]}, mask, new GaeSettings(.99, 1))
                .returns();
        double r3 = -.04 + 2;
        double r2 = -.03 + .99 * r3;
        double r1 = -.01 + .99 * r2;
        assertClose("row 0", returns[0], new double[] {0, r1, r2, r3, 0}, 1e-12);
        double s2 = -.01 - 1;
        double s1 = -.02 + .99 * s2;
        assertClose("row 1", returns[1], new double[] {-.04 + .99 * s1, s1, s2}, 1e-12);
    }

    /** Vector d3.19: NeMo RL. */
    @Test
    void nemoOneStepAndGapVectors() {
        Advantages oneStep = Gae.estimate(
                new double[][] {{0, 0, 5}}, new double[][] {{1, 2, 3}}, ResponseMask.all(1, 3), new GaeSettings(1, 0));
        assertClose("λ=0", oneStep.advantages(), new double[][] {{1, 1, 2}}, 1e-12);
        ResponseMask gap = ResponseMask.of(new boolean[][] {{true, true, false, true, true}});
        GaeSettings settings = new GaeSettings(.99, .95);
        double[] gapped = Gae.estimate(
                        new double[][] {{0, 0, 7, 0, 1}}, new double[][] {{.1, .2, 999, .4, .5}}, gap, settings)
                .advantages()[0];
        double[] dense = Gae.estimate(
                        new double[][] {{0, 0, 0, 1}},
                        new double[][] {{.1, .2, .4, .5}},
                        ResponseMask.all(1, 4),
                        settings)
                .advantages()[0];
        assertThat(gapped).containsExactly(dense[0], dense[1], 0, dense[2], dense[3]);
    }

    /** A_t = Σ_l (γλ)^l δ_{t+l} over the counted positions, written as the double sum it is. */
    @Test
    void equalsTheDoubleSumOverCountedPositions() {
        SplittableRandom random = new SplittableRandom(41);
        for (int round = 0; round < 50; round++) {
            ResponseMask mask = randomMask(random, 4, 8);
            double[][] rewards = poisonUncounted(filled(mask, () -> random.nextDouble(-1, 1)), mask);
            double[][] values = poisonUncounted(filled(mask, () -> random.nextDouble(-1, 1)), mask);
            GaeSettings settings = new GaeSettings(random.nextDouble(), random.nextDouble());
            Advantages result = Gae.estimate(rewards, values, mask, settings);
            for (int b = 0; b < rewards.length; b++) {
                int row = b;
                int[] counted = java.util.stream.IntStream.range(0, rewards[b].length)
                        .filter(t -> mask.counts(row, t))
                        .toArray();
                for (int i = 0; i < counted.length; i++) {
                    double expected = 0;
                    for (int l = 0; i + l < counted.length; l++) {
                        double next = i + l + 1 < counted.length ? values[b][counted[i + l + 1]] : 0;
                        double delta = rewards[b][counted[i + l]] + settings.gamma() * next - values[b][counted[i + l]];
                        expected += Math.pow(settings.gamma() * settings.lambda(), l) * delta;
                    }
                    assertClose("advantage", result.advantages()[b][counted[i]], expected, 1e-12);
                    assertClose("return", result.returns()[b][counted[i]], expected + values[b][counted[i]], 1e-12);
                }
            }
            assertUncountedAreZero(result, mask);
        }
    }

    private static void assertUncountedAreZero(Advantages result, ResponseMask mask) {
        for (int b = 0; b < mask.sequences(); b++) {
            for (int t = 0; t < mask.width(b); t++) {
                if (!mask.counts(b, t)) {
                    assertThat(result.advantages()[b][t]).isZero();
                    assertThat(result.returns()[b][t]).isZero();
                }
            }
        }
    }

    @Test
    void withLambdaOneTheReturnForgetsTheValues() {
        double[][] rewards = {{1, 2, 3, 4}};
        double[][] some = {{7, -2, 3, 9}};
        assertClose("returns", returns(rewards, some, .9, 1), returns(rewards, new double[1][4], .9, 1), 1e-12);
    }

    @Test
    void numbersOutsideTheUnitIntervalAreRefused() {
        assertThatThrownBy(() -> new GaeSettings(1.1, 1)).hasMessage("gamma = 1.1, must be in [0, 1]");
        assertThatThrownBy(() -> new GaeSettings(1, -.1)).hasMessage("gae_lambda = -0.1, must be in [0, 1]");
    }

    private static double[][] returns(double[][] rewards, double[][] values, double gamma, double lambda) {
        ResponseMask all = ResponseMask.all(rewards.length, rewards[0].length);
        return Gae.estimate(rewards, values, all, new GaeSettings(gamma, lambda))
                .returns();
    }
}
