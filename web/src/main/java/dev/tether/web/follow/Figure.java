package dev.tether.web.follow;

import java.util.Arrays;
import java.util.List;

/** The figures of a step that the page knows: named as in docs/metrics.md. */
public enum Figure {
    SCORE("score.mean"),
    SCORE_SD("score.sd"),
    GOLD_SCORE("gold_score.mean"),
    RLHF_REWARD("rlhf_reward"),
    KL_PER_SEQUENCE("reference_kl.nats_per_sequence"),
    KL_PER_SEQUENCE_SE("reference_kl.se_nats_per_sequence"),
    KL_PER_TOKEN("reference_kl.nats_per_token"),
    KL_PER_TOKEN_SE("reference_kl.se_nats_per_token"),
    MAX_KL("reference_kl.max_nats_per_token"),
    KL_COEF("kl_coef"),
    TARGET("controller.target"),
    BELT_FORCE("belt.force"),
    REFERENCE_NLL("reference_nll"),
    ENTROPY("entropy"),
    UPDATE_KL("update_kl.nats_per_token"),
    CLIP_FRACTION("clip_fraction"),
    GRADIENT_NORM("gradient_norm"),
    EXPLAINED_VARIANCE("explained_variance"),
    LENGTH("response_tokens.mean"),
    LONGEST("response_tokens.max"),
    DISTINCT_BIGRAMS("text.distinct_bigrams"),
    ENDED_SHARE("ended_share"),
    EPISODES("episodes"),
    TOKENS("tokens"),
    TOKENS_PER_SECOND("tokens_per_second"),
    /** Standard error of the mean score: sd / √responses, where both are known. */
    SCORE_SE("score.se");

    private final String key;

    Figure(String key) {
        this.key = key;
    }

    public String key() {
        return key;
    }

    /** Those that stand in the journal; the others are made of them. */
    static List<String> journalKeys() {
        return Arrays.stream(values())
                .filter(figure -> figure != SCORE_SE)
                .map(Figure::key)
                .toList();
    }

    /**
     * By its key.
     *
     * @throws IllegalArgumentException where there is none
     */
    public static Figure ofKey(String key) {
        return Arrays.stream(values())
                .filter(figure -> figure.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no figure is called \"" + key + "\""));
    }
}
