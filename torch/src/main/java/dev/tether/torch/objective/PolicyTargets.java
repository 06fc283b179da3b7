package dev.tether.torch.objective;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.Minibatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the policy being trained is compared with, as constant tensors [N] over the counted tokens, sequence by sequence
 * and token by token.
 *
 * @param logprobs nats, of the policy before the update
 * @param refLogprobs nats, of the reference
 * @param weights of each token in the loss
 * @param sequences what the surrogate takes the ratio of, where that is the whole response; null where it is the token
 */
public record PolicyTargets(
        Tensor logprobs, Tensor refLogprobs, Tensor advantages, Tensor weights, Sequences sequences) {
    /**
     * What each token is told of its response.
     *
     * @param logRatios [N], Σ or mean over its tokens of newLogprobs − logprobs
     * @param shares [N], the token's part of the response's one loss in the report
     */
    public record Sequences(Tensor logRatios, Tensor shares) {
        Sequences piece(long first, long count) {
            return new Sequences(logRatios.narrow(0, first, count), shares.narrow(0, first, count));
        }
    }

    /**
     * Of one microbatch whose ratios are of tokens, in the caller's scope.
     *
     * @param weights [B][T]
     */
    public static PolicyTargets of(Minibatch batch, double[][] weights, ScalarType type) {
        ResponseMask mask = batch.tokens().responseMask();
        return new PolicyTargets(
                Counted.only(batch.logprobs(), mask, type),
                Counted.only(batch.refLogprobs(), mask, type),
                Counted.only(batch.advantages(), mask, type),
                Counted.only(weights, mask, type),
                null);
    }

    /** The same where ratios are of whole responses. */
    public PolicyTargets with(Sequences sequences) {
        return new PolicyTargets(logprobs, refLogprobs, advantages, weights, sequences);
    }

    /** {@code count} tokens from {@code first} on. */
    public PolicyTargets piece(long first, long count) {
        return new PolicyTargets(
                logprobs.narrow(0, first, count),
                refLogprobs.narrow(0, first, count),
                advantages.narrow(0, first, count),
                weights.narrow(0, first, count),
                sequences == null ? null : sequences.piece(first, count));
    }
}
