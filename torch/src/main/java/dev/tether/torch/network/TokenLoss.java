package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/**
 * A loss that is a sum over counted tokens and positions, so that it can be asked for piece by piece. Both answers are
 * differentiable scalars in the caller's scope.
 */
public interface TokenLoss {
    /**
     * The share of {@code n} counted tokens.
     *
     * @param first how many counted tokens come before them, sequence by sequence and token by token
     * @param logprobs [n] nats, of the policy being trained
     * @param entropies [n] nats; carries a gradient only where {@link TrainingPass} was told to track it
     */
    Tensor ofTokens(long first, Tensor logprobs, Tensor entropies);

    /** The share of the values [B][T]; not called for a policy without value function. */
    Tensor ofValues(Tensor values);
}
