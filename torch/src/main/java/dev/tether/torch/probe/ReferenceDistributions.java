package dev.tether.torch.probe;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import org.bytedeco.pytorch.Tensor;

/**
 * The reference's distributions at some counted tokens, made when they are asked for.
 *
 * @param hidden [N][width], its hidden states there
 */
record ReferenceDistributions(CausalLm model, Tensor hidden, double temperature) {
    /** [count][V] nats, constants, in the caller's scope. */
    Tensor logprobs(long first, long count) {
        return Scoped.handOver(() -> Distributions.logprobs(model, hidden.narrow(0, first, count), temperature)
                .detach());
    }
}
