package dev.tether.torch.objective;

import dev.tether.trainer.model.Minibatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the policy being trained is compared with, as constant tensors [N] over the counted tokens, sequence by sequence
 * and token by token.
 *
 * @param logprobs nats, of the policy before the update
 * @param refLogprobs nats, of the reference
 */
public record PolicyTargets(Tensor logprobs, Tensor refLogprobs, Tensor advantages) {
    /** Of one microbatch, in the caller's scope. */
    public static PolicyTargets of(Minibatch batch, ScalarType type) {
        var mask = batch.tokens().responseMask();
        return new PolicyTargets(
                Counted.only(batch.logprobs(), mask, type),
                Counted.only(batch.refLogprobs(), mask, type),
                Counted.only(batch.advantages(), mask, type));
    }

    /** {@code count} tokens from {@code first} on. */
    public PolicyTargets piece(long first, long count) {
        return new PolicyTargets(
                logprobs.narrow(0, first, count),
                refLogprobs.narrow(0, first, count),
                advantages.narrow(0, first, count));
    }
}
