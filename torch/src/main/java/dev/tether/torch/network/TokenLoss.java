package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/**
 * A loss that is a sum over counted tokens and positions, so that it can be asked for piece by piece. Both answers are
 * differentiable scalars in the caller's scope.
 */
public interface TokenLoss {
    /** True where the loss of a token depends on others: it is then told all logprobs before it is asked. */
    default boolean needsAllLogprobs() {
        return false;
    }

    /** Told once, where {@link #needsAllLogprobs}: the logprobs [N] of all counted tokens, without gradients. */
    default void take(Tensor allLogprobs) {}

    /**
     * The share of some counted tokens.
     *
     * @param first how many counted tokens come before them, sequence by sequence and token by token
     */
    Tensor ofTokens(long first, TokenFigures figures);

    /** The share of the values [B][T]; not called for a policy without value function. */
    Tensor ofValues(Tensor values);
}
