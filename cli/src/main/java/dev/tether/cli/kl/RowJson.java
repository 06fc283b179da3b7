package dev.tether.cli.kl;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.TruncatedKl;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ShapedRewards;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code tether kl} says of one row, as JSON. */
final class RowJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KlQuestion question;

    RowJson(KlQuestion question) {
        this.question = question;
    }

    /** Per token {@code kl}, {@code kl_penalty}, {@code rewards}; {@code penalty} is β times the mean KL per token. */
    ObjectNode row(LogprobRow row) {
        LogprobPair pair = row.pair();
        KlEstimator estimator = question.estimator();
        double klCoef = question.klCoef();
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
        row.top().ifPresent(top -> json.set("kl_bounds", bounds(top, row)));
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

    /** [lower, upper] per token; null where nothing bounds it from above, or the token does not count. */
    private ArrayNode bounds(TopLogprobs top, LogprobRow row) {
        ArrayNode bounds = JSON.createArrayNode();
        for (TruncatedKl at : top.bounds(row.pair().responseMask(), question.refLogprobFloor())) {
            if (at == null) {
                bounds.addNull();
            } else {
                bounds.addArray().add(at.lower()).add(KlAnswer.known(at.upper()));
            }
        }
        return bounds;
    }
}
