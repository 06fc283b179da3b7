package dev.tether.trainer.model;

import dev.tether.core.kl.ResponseMask;

/**
 * What the policy answered.
 *
 * @param responses [B][T] token ids; T is the longest response of the batch; padding where the mask does not count
 * @param responseMask [B][T], true up to and including the stop token
 * @param rolloutLogprobs [B][T] nats, the log-probability of each chosen token under the distribution that was really
 *     sampled from (after temperature, top-k and top-p); 0 where uncounted
 * @param entropy [B][T] nats, the entropy of the distribution sampled from, 0 where uncounted; of length 0 unless
 *     {@link Sampling#isOfWholeDistribution}
 * @param stopReasons [B]
 */
public record Generation(
        int[][] responses,
        ResponseMask responseMask,
        double[][] rolloutLogprobs,
        double[][] entropy,
        StopReason[] stopReasons) {

    /** True where the tokens' logprobs and entropies are what the policy says of them, up to rounding. */
    public boolean speaksForPolicy() {
        return entropy.length > 0;
    }
}
