package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Price times Σ_t KL(π(·|s_t) ‖ π_ref(·|s_t)), each a sum over the vocabulary, over the counted tokens of the whole batch
 * (Amini, Vieira, Cotterell 2025). Its derivative with respect to the logits is π_v · (log π_v − log π_ref,v − KL_t). Not
 * weighted by the ratio of the sampled token, on which KL_t does not depend and whose mean is 1.
 *
 * @param coefficient price of one nat over the number of counted tokens
 */
record RaoBlackwellLoss(ReferenceDistributions reference, double coefficient) implements DistributionLoss {
    @Override
    public Tensor ofTokens(long first, Tensor logprobs) {
        return nats(logprobs, reference.logprobs(first, logprobs.size(0))).sum().mul(new Scalar(coefficient));
    }

    /** KL [n] of distributions [n][V], differentiable in the first; in the caller's scope. */
    static Tensor nats(Tensor logprobs, Tensor refLogprobs) {
        return Scoped.handOver(
                () -> logprobs.exp().mul(logprobs.sub(refLogprobs)).sum(-1));
    }
}
