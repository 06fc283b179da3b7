package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/** Next-token distributions over the whole vocabulary, as logprobs [n][V] in nats. */
final class Distributions {
    private static final long[] VOCABULARY = {-1};
    private static final Scalar NOTHING = Scoped.forever(new Scalar(0));

    private Distributions() {}

    /** What {@code model} says after hidden states [n][width], in its compute type, in the caller's scope. */
    static Tensor logprobs(CausalLm model, Tensor hidden, double temperature) {
        return Scoped.handOver(() -> normalized(model.logits(hidden), temperature));
    }

    /** log softmax(logits / temperature), in the caller's scope. */
    static Tensor normalized(Tensor logits, double temperature) {
        return Scoped.handOver(() -> log_softmax(temperature == 1 ? logits : logits.div(new Scalar(temperature)), -1));
    }

    /** KL [n] of distributions [n][V] from constant ones, differentiable; in the caller's scope. */
    static Tensor kl(Tensor logprobs, Tensor refLogprobs) {
        return Scoped.handOver(
                () -> logprobs.exp().mul(logprobs.sub(refLogprobs)).sum(-1));
    }

    /**
     * Σ_v weights · values / Σ_v weights of each row [n][1], in the caller's scope: an expectation in which a token of
     * probability 0 adds nothing, whatever its value.
     *
     * @param weights [n][V], ≥ 0; overwritten
     * @param sums of their rows, [n][1]
     */
    static Tensor expectation(Tensor weights, Tensor sums, Tensor values) {
        return Scoped.handOver(() -> {
            Tensor absent = weights.eq(NOTHING);
            return weights.mul_(values)
                    .masked_fill_(absent, NOTHING)
                    .sum(VOCABULARY, true, new ScalarTypeOptional())
                    .div_(sums);
        });
    }
}
