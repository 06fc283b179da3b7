package dev.tether.cli.kl;

import dev.tether.cli.console.Words;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.stats.ClusteredError;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code tether kl} says of rows, and of all of them together, as JSON. */
final class KlJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KlEstimator estimator;
    private final double klCoef;

    /** {@code klCoef}: β, reward per nat. */
    KlJson(KlEstimator estimator, double klCoef) {
        this.estimator = estimator;
        this.klCoef = klCoef;
    }

    /** Per token {@code kl}, {@code kl_penalty}, {@code rewards}; {@code penalty} is β times the mean KL per token. */
    ObjectNode row(LogprobRow row) {
        LogprobPair pair = row.pair();
        KlSummary kl = KlSummary.of(pair, estimator);
        ShapedRewards shaped = RewardShaping.shape(
                pair, new double[] {row.score().orElse(0)}, estimator, klCoef, ScorePlacement.LAST_TOKEN);
        ObjectNode json = JSON.createObjectNode();
        json.put("line", row.line());
        json.put("tokens", kl.tokens());
        json.put("nats_per_token", kl.natsPerToken());
        json.put("nats_per_sequence", kl.natsPerSequence());
        json.put("penalty", klCoef * kl.natsPerToken());
        json.set("kl", array(pair.natsPerToken(estimator)[0]));
        json.set("kl_penalty", array(shaped.klPenalty()[0]));
        if (row.isRewarded()) {
            json.set("rewards", array(withTokenRewards(shaped.rewards()[0], row.tokenRewards())));
        }
        return json;
    }

    private static double[] withTokenRewards(double[] shaped, double[] tokenRewards) {
        for (int t = 0; t < tokenRewards.length; t++) {
            shaped[t] += tokenRewards[t];
        }
        return shaped;
    }

    private static ArrayNode array(double[] values) {
        ArrayNode array = JSON.createArrayNode();
        for (double value : values) {
            array.add(value);
        }
        return array;
    }

    /** Every KL figure over all rows, by every estimator. */
    ObjectNode summary(List<LogprobRow> rows) {
        ObjectNode json = JSON.createObjectNode();
        json.put("direction", "KL(policy ‖ reference)");
        json.put("estimator", Words.name(estimator));
        json.put("kl_coef", klCoef);
        json.put("sequences", rows.size());
        json.put(
                "tokens",
                rows.stream()
                        .mapToLong(row -> row.pair().responseMask().counted())
                        .sum());
        for (KlEstimator each : KlEstimator.values()) {
            json.set(Words.name(each), figures(summary(rows, each)));
        }
        return json;
    }

    private static KlSummary summary(List<LogprobRow> rows, KlEstimator estimator) {
        ClusteredError error = ClusteredError.EMPTY;
        double max = Double.NEGATIVE_INFINITY;
        long tokens = 0;
        for (LogprobRow row : rows) {
            KlSummary kl = KlSummary.of(row.pair(), estimator);
            error = error.plus(kl.natsPerSequence(), kl.tokens());
            max = Math.max(max, kl.maxNatsPerToken());
            tokens += kl.tokens();
        }
        return KlSummary.of(KlType.reference(estimator), error, max, tokens);
    }

    private static ObjectNode figures(KlSummary kl) {
        ObjectNode json = JSON.createObjectNode();
        json.put("nats_per_token", kl.natsPerToken());
        json.put("se_nats_per_token", known(kl.seNatsPerToken()));
        json.put("nats_per_sequence", kl.natsPerSequence());
        json.put("se_nats_per_sequence", known(kl.seNatsPerSequence()));
        json.put("max_nats_per_token", kl.maxNatsPerToken());
        return json;
    }

    /** An error bar that cannot be known is null. */
    private static Double known(double standardError) {
        return Double.isFinite(standardError) ? standardError : null;
    }
}
