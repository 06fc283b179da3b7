package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/**
 * What the policy being trained says of {@code n} counted tokens, [n] nats each.
 *
 * @param logprobs of the tokens
 * @param entropies of the distributions; carry a gradient only where {@link TokenReading} asks for it
 * @param referenceKl KL(π(·|s_t) ‖ π_ref(·|s_t)), a sum over the vocabulary; null where {@link TokenReading} names no
 *     reference
 */
public record TokenFigures(Tensor logprobs, Tensor entropies, Tensor referenceKl) {}
