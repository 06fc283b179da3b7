package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import org.bytedeco.pytorch.Tensor;

/**
 * From a loss of the policy's full distributions back to its parameters' gradients, which are added to. The head goes
 * forward and backward a few tokens at a time, the trunk once with what all of them gave for the hidden states.
 */
final class PolicyBackward {
    private final CausalLm policy;
    private final double temperature;
    private final PieceSizes sizes;

    PolicyBackward(CausalLm policy, double temperature, PieceSizes sizes) {
        this.policy = policy;
        this.temperature = temperature;
        this.sizes = sizes;
    }

    /** @param states of the policy, with gradients */
    void run(CountedStates states, DistributionLoss loss) {
        Scoped.run(() -> {
            Tensor read = states.hidden();
            Tensor gradient = zeros_like(read.detach());
            long total = read.size(0);
            long step = PieceSizes.rows(sizes.trackedLogits(), policy.vocabularySize());
            for (long first = 0; first < total; first += step) {
                long from = first;
                long count = Math.min(step, total - first);
                Scoped.run(() -> gradient.narrow(0, from, count)
                        .copy_(hiddenGradient(read.detach().narrow(0, from, count), from, loss)));
            }
            // its derivative with respect to the hidden states is the gradient that the head gave
            read.mul(gradient).sum().backward();
        });
    }

    private Tensor hiddenGradient(Tensor hidden, long first, DistributionLoss loss) {
        hidden.set_requires_grad(true);
        loss.ofTokens(first, Distributions.logprobs(policy, hidden, temperature))
                .backward();
        return hidden.grad();
    }
}
