package dev.tether.torch.probe;

import org.bytedeco.pytorch.Tensor;

/** A loss that is a sum over counted tokens, so that it can be asked for piece by piece. */
interface DistributionLoss {
    /**
     * The share of some counted tokens, a differentiable scalar in the caller's scope.
     *
     * @param first how many counted tokens come before them, sequence by sequence and token by token
     * @param logprobs [n][V] nats, the policy's distributions at these tokens, with gradients
     */
    Tensor ofTokens(long first, Tensor logprobs);
}
