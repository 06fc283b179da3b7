package dev.tether.trainer.model;

import dev.tether.core.kl.ResponseMask;

/**
 * Prompts and the responses given to them, as token ids.
 *
 * @param prompts [B][P], ragged: no padding, each at least one token
 * @param responses [B][T], rectangular; what stands where the mask does not count is padding and is never read
 * @param responseMask [B][T], true = counts
 */
public record TokenBatch(int[][] prompts, int[][] responses, ResponseMask responseMask) {
    public TokenBatch {
        if (prompts.length != responses.length || prompts.length != responseMask.sequences()) {
            throw new IllegalArgumentException("a batch needs one response and one mask row per prompt, got "
                    + prompts.length + " prompts, " + responses.length + " responses, " + responseMask.sequences()
                    + " mask rows");
        }
        for (int b = 0; b < prompts.length; b++) {
            if (prompts[b].length == 0) {
                throw new IllegalArgumentException("prompts[" + b + "] is empty: a prompt has at least one token");
            }
            if (responses[b].length != responses[0].length || responses[b].length != responseMask.width(b)) {
                throw new IllegalArgumentException("responses[" + b + "] has " + responses[b].length
                        + " tokens, the mask row " + responseMask.width(b) + ", responses[0] " + responses[0].length
                        + ": all must agree");
            }
        }
    }

    /** B. */
    public int sequences() {
        return prompts.length;
    }

    /** T. */
    public int responseWidth() {
        return responses.length == 0 ? 0 : responses[0].length;
    }

    /** The rows of {@code sequences}, in that order. */
    public TokenBatch rows(int... sequences) {
        int[][] p = new int[sequences.length][];
        int[][] r = new int[sequences.length][];
        for (int i = 0; i < sequences.length; i++) {
            p[i] = prompts[sequences[i]];
            r[i] = responses[sequences[i]];
        }
        return new TokenBatch(p, r, responseMask.rows(sequences));
    }
}
