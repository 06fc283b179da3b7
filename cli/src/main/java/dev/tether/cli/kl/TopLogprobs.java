package dev.tether.cli.kl;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.kl.TruncatedKl;

/**
 * What both distributions say of the likeliest tokens of the first, at each position of one sequence. Nats; uncounted
 * positions are not read.
 *
 * @param logprobs [T][k] of the first distribution
 * @param refLogprobs [T][k] of the second, for the same tokens
 */
record TopLogprobs(double[][] logprobs, double[][] refLogprobs) {
    /** Bounds of the KL at each position, [T]; null where the mask does not count it. */
    TruncatedKl[] bounds(ResponseMask mask, double refLogprobFloor) {
        TruncatedKl[] bounds = new TruncatedKl[logprobs.length];
        for (int t = 0; t < bounds.length; t++) {
            if (mask.counts(0, t)) {
                bounds[t] = boundsAt(t, refLogprobFloor);
            }
        }
        return bounds;
    }

    private TruncatedKl boundsAt(int t, double refLogprobFloor) {
        try {
            return TruncatedKl.of(logprobs[t], refLogprobs[t], refLogprobFloor);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "top_logprobs and ref_top_logprobs of token " + t + ": " + e.getMessage(), e);
        }
    }
}
