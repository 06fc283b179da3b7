package dev.tether.run.settings;

import java.util.OptionalDouble;

/**
 * Group relative policy optimization and its relatives.
 *
 * @param lossType how tokens become one loss
 * @param scaleRewards what the difference to the group's mean is divided by
 * @param importanceSampling of what the ratio is taken
 * @param clipLow ε below 1; &gt; 0; unused by cispo
 * @param clipHigh ε above 1; &gt; 0; under cispo the greatest weight of a token
 * @param ratioCeiling the greatest ratio where the clip does not bound it; &gt; 1 + clipHigh; empty = none
 */
public record GrpoSettings(
        @Meaning("mean of the loss: grpo (each response alike) | dapo or bnpo (each token alike) | dr_grpo (sums by the"
                + " longest response allowed) | cispo (weights bounded, nothing clipped)")
        LossType lossType,

        @Meaning("score less the group's mean is divided by the standard deviation of the: group | batch | none")
        ScaleRewards scaleRewards,

        @Meaning("importance ratio of each: token | sequence (GSPO: e to the mean log ratio)")
        ImportanceSampling importanceSampling,

        @Meaning("the ratio is clipped to at least 1 minus this")
        double clipLow,

        @Meaning("the ratio is clipped to at most 1 plus this; cispo: greatest weight of a token")
        double clipHigh,

        @Meaning("greatest ratio also where the advantage is negative (two-sided clipping); null = none")
        OptionalDouble ratioCeiling) {

    /** How the losses of tokens become one. */
    public enum LossType {
        /** Each response alike, whatever its length (Shao et al. 2024). */
        GRPO,
        /** Each token of the minibatch alike; the same as {@link #DAPO} here, where a minibatch is one optimiser step. */
        BNPO,
        /** Sums divided by the longest response allowed (Liu et al. 2025). */
        DR_GRPO,
        /** Each token alike (Yu et al. 2025). */
        DAPO,
        /** Weights of tokens are bounded, nothing is clipped away (MiniMax 2025). */
        CISPO
    }

    /** What the difference to the group's mean is divided by. */
    public enum ScaleRewards {
        GROUP,
        BATCH,
        NONE
    }

    /** Of what the importance ratio is taken. */
    public enum ImportanceSampling {
        TOKEN,
        SEQUENCE
    }

    public GrpoSettings {
        Require.present("grpo.loss_type", lossType);
        Require.present("grpo.scale_rewards", scaleRewards);
        Require.present("grpo.importance_sampling", importanceSampling);
        Require.positive("grpo.clip_low", clipLow);
        Require.positive("grpo.clip_high", clipHigh);
        Require.present("grpo.ratio_ceiling", ratioCeiling);
        ratioCeiling.ifPresent(ceiling -> Require.that(
                ceiling > 1 + clipHigh, "grpo.ratio_ceiling", ceiling, "> 1 + grpo.clip_high = " + (1 + clipHigh)));
        Require.that(
                lossType != LossType.CISPO || clipHigh >= 1,
                "grpo.clip_high",
                clipHigh,
                "at least 1 with grpo.loss_type = cispo, where it is the greatest weight of a token (5 is usual)");
        Require.that(
                lossType != LossType.CISPO || importanceSampling == ImportanceSampling.TOKEN,
                "grpo.importance_sampling",
                "sequence",
                "token with grpo.loss_type = cispo");
    }

    public static GrpoSettings defaults() {
        return new GrpoSettings(
                LossType.DAPO, ScaleRewards.GROUP, ImportanceSampling.TOKEN, 0.2, 0.2, OptionalDouble.empty());
    }
}
