package dev.tether.run.ingest;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One response of a step, as another trainer tells it. The arrays have one entry per token of the response; entries that
 * do not count become 0, whatever stood there.
 *
 * @param logprobs nats, of the policy that sampled; counted ones from −10,000 to 0 (+1e-6)
 * @param refLogprobs nats, of the reference, as {@code logprobs}; at most 300 nats from it
 * @param mask true = counts
 * @param score of the reward; finite
 * @param goldScore what is really wanted, measured and never trained on
 * @param ended true where the response ended by itself; empty where that is not known
 * @param text what it says
 */
public record IngestedSequence(
        double[] logprobs,
        double[] refLogprobs,
        boolean[] mask,
        double score,
        OptionalDouble goldScore,
        Optional<Boolean> ended,
        SequenceText text) {
    private static final double ROUNDING = 1e-6;
    private static final double LOWEST = -10_000;
    /** Beyond it e^d, squared and summed over a batch, is no number any more; no sampled token is that far. */
    private static final double FARTHEST = 300;
    /** Its square is a number still. */
    private static final double HIGHEST_SCORE = 1e100;

    /**
     * A sequence that keeps the laws above.
     *
     * @throws IllegalArgumentException naming the entry that does not
     */
    public IngestedSequence {
        int tokens = logprobs.length;
        sameLength("ref_logprobs", refLogprobs.length, tokens);
        sameLength("mask", mask.length, tokens);
        text.responseIds().ifPresent(ids -> sameLength("response_ids", ids.length, tokens));
        text.responseTokens().ifPresent(texts -> sameLength("response_tokens", texts.size(), tokens));
        logprobs = logprobs.clone();
        refLogprobs = refLogprobs.clone();
        for (int t = 0; t < tokens; t++) {
            if (mask[t]) {
                requireLogprob("logprobs", t, logprobs[t]);
                requireLogprob("ref_logprobs", t, refLogprobs[t]);
                requireNear(t, logprobs[t], refLogprobs[t]);
            } else {
                logprobs[t] = 0;
                refLogprobs[t] = 0;
            }
        }
        requireScore("score", score);
        goldScore.ifPresent(gold -> requireScore("gold_score", gold));
    }

    private static void sameLength(String name, int length, int wished) {
        if (length != wished) {
            throw new IllegalArgumentException(
                    name + " has " + length + " entries, must have " + wished + ", as logprobs has");
        }
    }

    private static void requireLogprob(String name, int token, double value) {
        if (!(value >= LOWEST && value <= ROUNDING)) {
            throw new IllegalArgumentException(name + "[" + token + "] = " + value + ", must be from " + LOWEST
                    + " to 0 where the mask counts the token");
        }
    }

    private static void requireNear(int token, double logprob, double refLogprob) {
        if (Math.abs(logprob - refLogprob) > FARTHEST) {
            throw new IllegalArgumentException("logprobs[" + token + "] = " + logprob + " and ref_logprobs[" + token
                    + "] = " + refLogprob + ", must be within " + FARTHEST + " nats of each other");
        }
    }

    private static void requireScore(String name, double value) {
        if (!(Math.abs(value) <= HIGHEST_SCORE)) {
            throw new IllegalArgumentException(
                    name + " = " + value + ", must be finite and at most " + HIGHEST_SCORE + " in size");
        }
    }

    /** Entries before and with the last that counts. */
    int length() {
        int length = mask.length;
        while (length > 0 && !mask[length - 1]) {
            length--;
        }
        return length;
    }
}
