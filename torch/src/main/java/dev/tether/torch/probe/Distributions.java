package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Next-token distributions over the whole vocabulary, as logprobs [n][V] in nats. */
final class Distributions {
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
     * Σ_v e^logprobs · values of each row, in the caller's scope: an expectation in which a token of probability 0 adds
     * nothing, whatever its value.
     *
     * @param logprobs [n][V]; overwritten
     */
    static Tensor expectation(Tensor logprobs, Tensor values) {
        return Scoped.handOver(() -> {
            Tensor probabilities = logprobs.exp_();
            Tensor terms = probabilities.mul(values);
            return terms.masked_fill_(probabilities.eq(new Scalar(0)), new Scalar(0))
                    .sum(-1);
        });
    }
}
