package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/**
 * What the policy says of given responses, as differentiable tensors [B][T] of the model's compute type; the same
 * meaning as {@link dev.tether.trainer.model.Evaluation}, 0 where undefined.
 *
 * @param logprobs nats
 * @param entropy nats; carries a gradient only where it was asked for
 * @param values null without a value function
 */
public record ResponseTensors(Tensor logprobs, Tensor entropy, Tensor values) {}
