package dev.tether.core.reward;

import dev.tether.core.law.Require;

/**
 * What happens to the reward model's scores before they become rewards: clip(score · scale + shift, ±clip), and then
 * the penalty for a response that did not end by itself.
 *
 * @param scale factor; finite
 * @param shift added after scaling; finite
 * @param clip bound of the scaled and shifted score, both signs; &gt; 0, infinite = none
 * @param missingEosPenalty subtracted where the response did not end with a stop token; finite and ≥ 0
 */
public record ScoreShaping(double scale, double shift, double clip, double missingEosPenalty) {
    /** Leaves scores as they are. */
    public static final ScoreShaping NONE = new ScoreShaping(1, 0, Double.POSITIVE_INFINITY, 0);

    public ScoreShaping {
        Require.finite("scale", scale);
        Require.finite("shift", shift);
        Require.that(clip > 0, "clip", clip, "> 0, infinite for none");
        Require.notNegative("missing_eos_penalty", missingEosPenalty);
    }

    /**
     * The shaped scores, [B].
     *
     * @param ended [B], true where the response ended with a stop token
     */
    public double[] apply(double[] scores, boolean[] ended) {
        Require.sameLength("ended", ended.length, "scores", scores.length);
        double[] shaped = new double[scores.length];
        for (int b = 0; b < scores.length; b++) {
            double clipped = Math.max(-clip, Math.min(clip, scores[b] * scale + shift));
            shaped[b] = ended[b] ? clipped : clipped - missingEosPenalty;
        }
        return shaped;
    }
}
