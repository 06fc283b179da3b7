package dev.tether.core.advantage;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.advantage.GroupAdvantages.Scaling;
import dev.tether.core.kl.ResponseMask;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GroupAdvantagesTest {
    @Test
    void goldenGrpoAdvantages() {
        for (JsonNode golden : GoldenJson.cases("grpo_advantages")) {
            double[][] perFunction = GoldenJson.matrix(golden, "rewards_per_func");
            double[] weights = GoldenJson.vector(golden, "reward_weights");
            int group = (int) GoldenJson.number(golden, "num_generations");
            Scaling scaling =
                    Scaling.valueOf(golden.get("scale_rewards").asString().toUpperCase(Locale.ROOT));
            double[] advantages = golden.get("aggregation").asString().equals("sum_then_normalize")
                    ? GroupAdvantages.relativeToMean(weightedSum(perFunction, weights), group, scaling)
                    : GroupAdvantages.standardize(weightedSum(eachRelativeToMean(perFunction, group), weights));
            double[] expected = GoldenJson.vector(golden, "advantages");
            for (int b = 0; b < expected.length; b++) {
                assertClose(GoldenJson.name(golden) + b, advantages[b], expected[b], 1e-7);
            }
        }
    }

    private static double[] weightedSum(double[][] perFunction, double[] weights) {
        return Arrays.stream(perFunction)
                .mapToDouble(row -> {
                    double sum = 0;
                    for (int f = 0; f < row.length; f++) {
                        sum += weights[f] * row[f];
                    }
                    return sum;
                })
                .toArray();
    }

    private static double[][] eachRelativeToMean(double[][] perFunction, int group) {
        double[][] scaled = new double[perFunction.length][perFunction[0].length];
        for (int f = 0; f < scaled[0].length; f++) {
            int function = f;
            double[] ofOne = GroupAdvantages.relativeToMean(
                    Arrays.stream(perFunction).mapToDouble(row -> row[function]).toArray(), group, Scaling.GROUP);
            for (int b = 0; b < scaled.length; b++) {
                scaled[b][f] = ofOne[b];
            }
        }
        return scaled;
    }

    @Test
    void goldenRlooAdvantages() {
        for (JsonNode golden : GoldenJson.cases("rloo_advantages")) {
            double[] rewards = Arrays.stream(GoldenJson.matrix(golden, "rewards_per_func"))
                    .mapToDouble(row -> row[0])
                    .toArray();
            if (golden.hasNonNull("reward_clip_range")) {
                double[] range = GoldenJson.vector(golden, "reward_clip_range");
                Arrays.setAll(rewards, b -> Math.max(range[0], Math.min(range[1], rewards[b])));
            }
            double beta = GoldenJson.number(golden, "beta");
            if (beta > 0) {
                subtractPenalty(rewards, golden, beta);
            }
            double[] advantages =
                    GroupAdvantages.leaveOneOut(rewards, (int) GoldenJson.number(golden, "num_generations"));
            if (GoldenJson.number(golden, "normalize_advantages") == 1) {
                advantages = GroupAdvantages.standardize(advantages);
            }
            double[] expected = GoldenJson.vector(golden, "advantages");
            for (int b = 0; b < expected.length; b++) {
                assertClose(GoldenJson.name(golden) + b, advantages[b], expected[b], 1e-7);
            }
        }
    }

    private static void subtractPenalty(double[] rewards, JsonNode golden, double beta) {
        double[][] logprobs = GoldenJson.matrix(golden, "old_per_token_logps");
        double[][] refLogprobs = GoldenJson.matrix(golden, "ref_per_token_logps");
        ResponseMask mask = GoldenJson.mask(golden, "completion_mask");
        for (int b = 0; b < rewards.length; b++) {
            for (int t = 0; t < logprobs[b].length; t++) {
                rewards[b] -= mask.counts(b, t) ? beta * (logprobs[b][t] - refLogprobs[b][t]) : 0;
            }
        }
    }

    @Test
    void unscaledAdvantagesOfAGroupSumToNothing() {
        double[] rewards = new SplittableRandom(3).doubles(12).toArray();
        for (double[] advantages : new double[][] {
            GroupAdvantages.relativeToMean(rewards, 4, Scaling.NONE), GroupAdvantages.leaveOneOut(rewards, 4)
        }) {
            for (int first = 0; first < 12; first += 4) {
                assertThat(Arrays.stream(advantages, first, first + 4).sum())
                        .isCloseTo(0, org.assertj.core.api.Assertions.within(1e-12));
            }
        }
    }

    @Test
    void leaveOneOutIsTheDistanceToTheMeanStretched() {
        double[] rewards = {1, 0, 3, 3};
        double[] plain = GroupAdvantages.relativeToMean(rewards, 4, Scaling.NONE);
        double[] stretched = GroupAdvantages.leaveOneOut(rewards, 4);
        for (int b = 0; b < 4; b++) {
            assertClose("advantage " + b, stretched[b], plain[b] * 4 / 3, 1e-12);
        }
    }

    @Test
    void anAnswerAloneHasNothingToBeComparedWith() {
        assertThat(GroupAdvantages.leaveOneOut(new double[] {2, 5}, 1)).containsOnly(0);
        assertThat(GroupAdvantages.relativeToMean(new double[] {2, 5}, 1, Scaling.GROUP))
                .containsOnly(0);
    }

    @Test
    void tornGroupsAreRefused() {
        assertThatThrownBy(() -> GroupAdvantages.leaveOneOut(new double[5], 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole groups of 2");
    }
}
