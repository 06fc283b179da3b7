package dev.tether.run.settings;

import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ScoreShaping;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * @param source the reward: {@code NAME} or {@code NAME:ARGUMENT}
 * @param plus further rewards, each with its weight; their weighted scores are added to that of {@code source}
 * @param gold what is really wanted, or a held-out stand-in: measured beside the reward and never trained on; as
 *     {@code source}
 * @param scale multiplies each score, before the shift; finite, not 0
 * @param shift is added to each score; finite
 * @param clip scores are clipped to ± this after scaling; &gt; 0; empty = no clipping
 * @param missingEosPenalty is subtracted from the score of a response that did not end by itself; ≥ 0
 * @param scorePlacement the position that receives the score
 */
public record RewardSettings(
        @Meaning(
                "what gives the score: lexicon, lexicon:FILE, length:N, keyword:A,B, regex:PATTERN, regex-share:PATTERN,"
                        + " preferences:FILE, reviews, model:DIR, onnx:DIR, http://HOST/PATH, class:NAME")
        String source,

        @Meaning(
                "further rewards that are added to the score, such as [{source: \"length:40\", weight: 0.2}]; each is logged")
        List<RewardPart> plus,

        @Meaning("what is really wanted, or a held-out stand-in: measured, never trained on; as source, null = none")
        Optional<String> gold,

        @Meaning("multiplies each score") double scale,
        @Meaning("is added to each score") double shift,

        @Meaning("scores are clipped to plus or minus this; null = never")
        OptionalDouble clip,

        @Meaning("subtracted from the score of a response that did not end by itself")
        double missingEosPenalty,

        @Meaning("position that receives the score: last_token | after_last_token")
        ScorePlacement scorePlacement) {

    public RewardSettings {
        Require.text("reward.source", source);
        Require.present("reward.plus", plus);
        plus = List.copyOf(plus);
        Require.present("reward.gold", gold);
        gold.ifPresent(spec -> Require.text("reward.gold", spec));
        Require.finite("reward.scale", scale);
        Require.that(scale != 0, "reward.scale", scale, "other than 0");
        Require.finite("reward.shift", shift);
        Require.present("reward.clip", clip);
        clip.ifPresent(value -> Require.positive("reward.clip", value));
        Require.notNegative("reward.missing_eos_penalty", missingEosPenalty);
        Require.present("reward.score_placement", scorePlacement);
    }

    public static RewardSettings defaults() {
        return new RewardSettings(
                "lexicon",
                List.of(),
                Optional.empty(),
                1.0,
                0.0,
                OptionalDouble.empty(),
                0.0,
                ScorePlacement.LAST_TOKEN);
    }

    /** What happens to a score before it becomes a reward. */
    public ScoreShaping shaping() {
        return new ScoreShaping(scale, shift, clip.orElse(Double.POSITIVE_INFINITY), missingEosPenalty);
    }
}
