package dev.tether.core;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.assertCloseWhereCounted;
import static dev.tether.core.Arrays2.copy;
import static dev.tether.core.Arrays2.plus;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.Gae;
import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.Standardize;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.stats.Masked;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From logprobs and scores to advantages, against two generations of TRL. */
class PpoRewardsGoldenTest {
    /** TRL whitens with a Bessel factor in float32. */
    private static final double WHITENED = 2e-6;

    /** Some golden logprobs are drawn above 0; the differences, all that matters, survive a common shift. */
    private static final double SHIFT = -10;

    @Test
    void trl190ScoreAfterTheLastToken() {
        for (JsonNode golden : GoldenJson.cases("trl190_reward_shaping_gae")) {
            String name = GoldenJson.name(golden);
            JsonNode out = golden.get("out");
            ResponseMask mask = GoldenJson.paddingMask(out, "padding_mask");
            LogprobPair pair = pair(golden, mask);
            KlEstimator estimator =
                    KlEstimator.valueOf(golden.get("kl_estimator").asString().toUpperCase(java.util.Locale.ROOT));
            double[] scores = shapedScores(golden, out);
            assertClose(name, scores, GoldenJson.vector(out, "scores"), 1e-9);
            ShapedRewards shaped = RewardShaping.shape(
                    pair, scores, estimator, GoldenJson.number(golden, "kl_coef"), ScorePlacement.AFTER_LAST_TOKEN);
            assertThat(shaped.rewardMask()).as(name).isEqualTo(GoldenJson.paddingMask(out, "padding_mask_p1"));
            assertClose(name, pair.natsPerToken(estimator), GoldenJson.matrix(out, "kl"), 1e-9);
            assertClose(name, shaped.klPenalty(), GoldenJson.matrix(out, "non_score_reward"), 1e-9);
            assertMeans(name, out, pair, estimator, shaped);
            assertAdvantages(golden, shaped, mask);
        }
    }

    private static double[] shapedScores(JsonNode golden, JsonNode out) {
        JsonNode penalty = golden.get("missing_eos_penalty");
        ScoreShaping shaping =
                new ScoreShaping(1, 0, Double.POSITIVE_INFINITY, penalty.isNull() ? 0 : penalty.asDouble());
        int[] containEos = GoldenJson.integers(out, "contain_eos");
        boolean[] ended = new boolean[containEos.length];
        for (int b = 0; b < ended.length; b++) {
            ended[b] = containEos[b] == 1;
        }
        return shaping.apply(GoldenJson.vector(golden, "scores_in"), ended);
    }

    /** TRL's means run over all sequences, also those without a token. */
    private static void assertMeans(
            String name, JsonNode out, LogprobPair pair, KlEstimator estimator, ShapedRewards shaped) {
        KlSummary kl = KlSummary.of(pair, estimator);
        double overAll = kl.natsPerSequence() * kl.sequences() / pair.logprobs().length;
        assertClose(name, overAll, GoldenJson.number(out, "mean_kl_logged"), 1e-9);
        double penalty = GoldenJson.number(out, "mean_non_score_reward_logged");
        assertClose(name, shaped.meanPenaltyPerSequence(), penalty, 1e-9);
    }

    private static void assertAdvantages(JsonNode golden, ShapedRewards shaped, ResponseMask mask) {
        String name = GoldenJson.name(golden);
        JsonNode out = golden.get("out");
        boolean whiten = golden.get("whiten_rewards").asInt() == 1;
        double[][] rewards =
                whiten ? Standardize.scaleToUnitVariance(shaped.rewards(), shaped.rewardMask()) : shaped.rewards();
        assertClose(name, rewards, GoldenJson.matrix(out, "rewards"), whiten ? WHITENED : 1e-9);
        Advantages result =
                Gae.estimate(rewards, GoldenJson.matrix(golden, "values"), shaped.rewardMask(), settings(golden));
        assertClose(name, result.returns(), GoldenJson.matrix(out, "returns"), whiten ? WHITENED : 1e-9);
        double[][] standardized = Standardize.standardize(result.advantages(), mask);
        assertClose(name, standardized, GoldenJson.matrix(out, "advantages"), WHITENED);
    }

    @Test
    void trl096ScoreOnTheLastToken() {
        for (JsonNode golden : GoldenJson.cases("trl096_rewards_gae")) {
            String name = GoldenJson.name(golden);
            JsonNode out = golden.get("out");
            ResponseMask mask = GoldenJson.mask(golden, "mask");
            LogprobPair pair = pair(golden, mask);
            KlEstimator estimator = estimator096(golden.get("kl_penalty").asString());
            ShapedRewards shaped = RewardShaping.shape(
                    pair,
                    GoldenJson.vector(golden, "scores"),
                    estimator,
                    GoldenJson.number(golden, "kl_coef"),
                    ScorePlacement.LAST_TOKEN);
            assertCloseWhereCounted(name, pair.natsPerToken(estimator), GoldenJson.matrix(out, "kls"), mask, 1e-9);
            assertCloseWhereCounted(name, shaped.klPenalty(), GoldenJson.matrix(out, "non_score_rewards"), mask, 1e-9);
            assertCloseWhereCounted(name, shaped.rewards(), GoldenJson.matrix(out, "rewards"), mask, 1e-9);
            boolean whiten = golden.get("whiten_rewards").asInt() == 1;
            double tolerance = whiten ? WHITENED : 1e-9;
            Advantages result = whiten
                    ? leakingAdvantages096(golden, shaped.rewards(), mask)
                    : Gae.estimate(shaped.rewards(), GoldenJson.matrix(golden, "values_in"), mask, settings(golden));
            assertCloseWhereCounted(
                    name, result.advantages(), GoldenJson.matrix(out, "advantages_raw"), mask, tolerance);
            assertCloseWhereCounted(name, result.returns(), GoldenJson.matrix(out, "returns"), mask, tolerance);
            double[][] standardized = Standardize.standardize(result.advantages(), mask);
            double[][] whitened = GoldenJson.matrix(out, "advantages_whitened");
            assertCloseWhereCounted(name, standardized, whitened, mask, WHITENED);
        }
    }

    /**
     * TRL 0.9.6 whitens rewards and does not mask them again: padding then carries (0 − mean)/deviation + mean, which its
     * GAE, run over all positions, lets into the counted ones. Reproduced here by counting the padding; ours does not.
     */
    private static Advantages leakingAdvantages096(JsonNode golden, double[][] rewards, ResponseMask mask) {
        double deviation = Math.sqrt(Masked.besselVariance(rewards, mask) + 1e-8);
        double mean = Masked.mean(rewards, mask);
        double[][] leaking = copy(rewards);
        double[][] values = GoldenJson.matrix(golden, "values_in");
        boolean[][] all = new boolean[rewards.length][];
        for (int b = 0; b < rewards.length; b++) {
            all[b] = new boolean[rewards[b].length];
            for (int t = 0; t < rewards[b].length; t++) {
                all[b][t] = true;
                leaking[b][t] = ((mask.counts(b, t) ? rewards[b][t] : 0) - mean) / deviation + mean;
                values[b][t] = mask.counts(b, t) ? values[b][t] : 0;
            }
        }
        assertCloseWhereCounted("whitened", Standardize.scaleToUnitVariance(rewards, mask), leaking, mask, 1e-12);
        return Gae.estimate(leaking, values, ResponseMask.of(all), settings(golden));
    }

    private static KlEstimator estimator096(String name) {
        return switch (name) {
            case "kl" -> KlEstimator.K1;
            case "abs" -> KlEstimator.ABS_K1;
            case "mse" -> KlEstimator.K2;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static LogprobPair pair(JsonNode golden, ResponseMask mask) {
        return new LogprobPair(
                plus(GoldenJson.matrix(golden, "logprobs"), SHIFT),
                plus(GoldenJson.matrix(golden, "ref_logprobs"), SHIFT),
                mask);
    }

    private static GaeSettings settings(JsonNode golden) {
        return new GaeSettings(GoldenJson.number(golden, "gamma"), GoldenJson.number(golden, "lam"));
    }
}
