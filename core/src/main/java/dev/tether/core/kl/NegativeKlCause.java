package dev.tether.core.kl;

/**
 * Why a KL can come out below zero by more than chance: no KL is negative, so the tokens were not drawn from the
 * distribution that {@code logprobs} speaks of. In the order of how often users meet them.
 */
public enum NegativeKlCause {
    /** Top-k, top-p or a temperature at sampling that the logprobs do not know of. */
    SAMPLING_WARPERS("tokens were sampled with a temperature, top-k or top-p that the logprobs do not account for"),
    /** Wrong attention mask or position ids. */
    PADDING("padding is attended to, or position ids are off by the padding, on one side"),
    /** Tokens that the sampler was not free to choose. */
    FORCED_TOKENS("tokens were forced or forbidden while sampling (minimum length, end token suppressed, bad words)"),
    /** Policy changed between sampling and measuring. */
    STALE_SAMPLES("the policy was updated between sampling and measuring"),
    /** Sampler and trainer disagree on the same weights. */
    ENGINE_MISMATCH("the sampling engine and the trainer compute different logprobs from the same weights"),
    /** Dropout at measuring. */
    DROPOUT("dropout is on while logprobs are measured"),
    /** The two were exchanged. */
    SWAPPED("policy and reference logprobs are exchanged");

    private final String sentence;

    NegativeKlCause(String sentence) {
        this.sentence = sentence;
    }

    /** The cause in words, without a full stop. */
    public String sentence() {
        return sentence;
    }
}
