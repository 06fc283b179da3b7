package dev.tether.core.monitor;

/** A figure that a step may tell; explained in docs/metrics.md under {@link #key()}. */
public enum Figure {
    /** Mean score of the reward that is trained on. */
    SCORE("score.mean"),
    /** Standard deviation of the score over responses. */
    SCORE_SD("score.sd"),
    /** Mean score of a reward that is not trained on: held out, or the truth. */
    GOLD_SCORE("gold_score.mean"),
    /** KL(policy ‖ reference), nats per token. */
    KL_PER_TOKEN("reference_kl.nats_per_token"),
    /** KL(policy ‖ reference), nats per sequence. */
    KL_PER_SEQUENCE("reference_kl.nats_per_sequence"),
    /** The largest single token's, nats. */
    MAX_KL("reference_kl.max_nats_per_token"),
    /** The mean log-ratio of the sampled tokens, which may be negative; nats per sequence. */
    K1_PER_SEQUENCE("reference_kl_estimates.k1.nats_per_sequence"),
    /** Standard error of that over responses. */
    K1_ERROR_PER_SEQUENCE("reference_kl_estimates.k1.se_nats_per_sequence"),
    /** Sampler against trainer on the same weights, nats per token. */
    SAMPLER_KL("sampler_kl.nats_per_token"),
    /** What the controller aims at, where it aims at nats per token. */
    TARGET_PER_TOKEN("controller.target"),
    /** What the controller aims at, where it aims at nats per sequence. */
    TARGET_PER_SEQUENCE("controller.target"),
    /** β, score per nat. */
    KL_COEF("kl_coef"),
    /** Where β stands: −1 = at its floor, 1 = at its ceiling, 0 = between. */
    COEFFICIENT_BOUND("controller.reason"),
    /** Ordinal of the {@link dev.tether.core.belt.BeltVerdict.State}. */
    BELT_VERDICT("belt.verdict"),
    /** Exact entropy of the policy, nats per token. */
    ENTROPY("entropy"),
    /** Distinct pairs of neighbouring tokens as a share of all pairs. */
    DISTINCT_BIGRAMS("text.distinct_bigrams"),
    /** Compressed size of the responses as a share of their size. */
    COMPRESSION("text.compression"),
    /** −log π_ref of the samples, mean over tokens; nats per token. */
    REFERENCE_NLL("reference_nll"),
    /** Tokens per response. */
    RESPONSE_LENGTH("response_tokens.mean"),
    /** Share of responses that ended by themselves. */
    ENDED_SHARE("ended_share"),
    /** Share of tokens whose ratio the clip held back. */
    CLIP_FRACTION("clip_fraction"),
    /** 1 − Var(returns − values) / Var(returns). */
    EXPLAINED_VARIANCE("explained_variance"),
    /** KL from the policy before the update, nats per token. */
    UPDATE_KL("update_kl.nats_per_token"),
    POLICY_LOSS("policy_loss"),
    VALUE_LOSS("value_loss"),
    GRADIENT_NORM("gradient_norm");

    private final String key;

    Figure(String key) {
        this.key = key;
    }

    /** Its key in a step of the journal. */
    public String key() {
        return key;
    }
}
