package dev.tether.torch.probe;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A surrogate whose gradient is that of the sequence KL on sampled prefixes: Σ_t KL_t + log π(y_t) · later_t, over the
 * counted tokens of the whole batch.
 *
 * @param targets [N] int64, the sampled tokens
 * @param later [N] constants, Σ_{s&gt;t} KL_s of the same sequence in nats
 * @param tokens counted in the whole batch
 */
record SequenceKlLoss(Tensor targets, Tensor later, ReferenceDistributions reference, long tokens)
        implements DistributionLoss {
    @Override
    public Tensor ofTokens(long first, Tensor logprobs) {
        long count = logprobs.size(0);
        Tensor index = targets.narrow(0, first, count).unsqueeze(1);
        Tensor chosen = logprobs.gather(1, index).squeeze(1);
        Tensor nats = Distributions.kl(logprobs, reference.logprobs(first, count));
        return nats.add(chosen.mul(later.narrow(0, first, count))).sum().div(new Scalar((double) tokens));
    }
}
