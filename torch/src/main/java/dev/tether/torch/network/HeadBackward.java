package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.mm_out;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;

/**
 * From hidden states to logprobs and entropies, and with a loss of those all the way back, in two buffers of a few
 * tokens' logits that are reused for every piece: the time goes into three matrix products and not into fresh memory.
 *
 * <p>With z the logits divided by the temperature, p = softmax(z) and H the entropy, the gradient is ∂loss/∂z_v =
 * g·(1[v = token] − p_v) − h·p_v·(log p_v + H), where g and h are the derivatives of the loss with respect to the
 * token's logprob and entropy.
 */
final class HeadBackward implements AutoCloseable {
    /** Hidden states [N][width] without gradients, the tokens [N] they are to predict, and the temperature. */
    record Reading(Tensor hidden, Tensor targets, double temperature) {}

    private static final long[] VOCABULARY = {1};

    private final CausalLm policy;
    private final int rowsAtOnce;
    private Tensor logits;
    private Tensor exponentials;

    /** @param rowsAtOnce tokens whose logits exist at once */
    HeadBackward(CausalLm policy, int rowsAtOnce) {
        this.policy = policy;
        this.rowsAtOnce = rowsAtOnce;
    }

    /**
     * Adds to the gradient of the head's weights; returns that of the hidden states, [N][width], in the caller's scope.
     */
    Tensor backward(Reading reading, EntropyGradient entropy, TokenLoss loss) {
        long total = reading.hidden().size(0);
        reserve(Math.min(rowsAtOnce, total));
        Tensor gradient = zeros_like(reading.hidden());
        for (long first = 0; first < total; first += rowsAtOnce) {
            long from = first;
            long count = Math.min(rowsAtOnce, total - first);
            Scoped.run(() -> new Piece(reading, from, count, entropy).backward(loss, gradient));
        }
        return gradient;
    }

    /** Makes the buffers hold {@code rows}; they only ever grow. */
    private void reserve(long rows) {
        if (logits != null && logits.size(0) >= rows) {
            return;
        }
        close();
        long[] shape = {rows, policy.vocabularySize()};
        TensorOptions options = new TensorOptions(policy.computeType().scalarType());
        logits = Scoped.keep(() -> zeros(shape, options));
        exponentials = Scoped.keep(() -> zeros(shape, options));
    }

    @Override
    public void close() {
        if (logits != null) {
            logits.close();
            exponentials.close();
            logits = null;
        }
    }

    /** Some rows, in a scope of their own. Per-row quantities are columns [n][1]. */
    private final class Piece {
        private final long first;
        private final long count;
        private final double temperature;
        private final boolean entropyTracked;
        private final Tensor scaled;
        private final Tensor targets;
        /** z less its row's maximum; without a gradient of the entropy it is used up. */
        private final Tensor shifted;
        /** e to the power of the above. */
        private final Tensor weights;

        private Tensor weightSum;
        private Tensor logSum;

        Piece(Reading reading, long first, long count, EntropyGradient entropy) {
            this.first = first;
            this.count = count;
            this.temperature = reading.temperature();
            this.entropyTracked = entropy == EntropyGradient.TRACKED;
            Tensor hidden = reading.hidden().narrow(0, first, count);
            // dividing the hidden states divides the logits, and touches far fewer numbers
            this.scaled = temperature == 1 ? hidden : hidden.div(new Scalar(temperature));
            this.targets = reading.targets().narrow(0, first, count).unsqueeze(1);
            this.shifted = logits.narrow(0, 0, count);
            this.weights = exponentials.narrow(0, 0, count);
        }

        @SuppressWarnings("try") // the guards act by being open
        void backward(TokenLoss loss, Tensor hiddenGradient) {
            Tensor logprobs;
            Tensor entropies;
            try (NoGradGuard guard = new NoGradGuard()) {
                logprobs = logprobs().squeeze(1);
                entropies = entropies().squeeze(1);
            }
            logprobs.set_requires_grad(true);
            entropies.set_requires_grad(entropyTracked);
            loss.ofTokens(first, logprobs, entropies).backward();
            try (NoGradGuard guard = new NoGradGuard()) {
                toLogitGradient(logprobs.grad().unsqueeze(1), entropies);
                spread(hiddenGradient.narrow(0, first, count));
            }
        }

        private Tensor logprobs() {
            mm_out(shifted, scaled, policy.headWeight().t());
            shifted.sub_(shifted.amax(VOCABULARY, true));
            Tensor chosen = shifted.gather(1, targets);
            exp_out(weights, shifted);
            weightSum = rowSum(weights);
            logSum = weightSum.log();
            return chosen.sub(logSum);
        }

        private Tensor entropies() {
            Tensor products = entropyTracked ? shifted.mul(weights) : shifted.mul_(weights);
            return logSum.sub(rowSum(products).div(weightSum));
        }

        /** Turns the exponentials into ∂loss/∂z in place. */
        private void toLogitGradient(Tensor g, Tensor entropies) {
            Tensor perWeight = g.div(weightSum).neg_();
            if (entropyTracked && entropies.grad().defined()) {
                Tensor h = entropies.grad().unsqueeze(1).div(weightSum).neg_();
                Tensor offset = entropies.detach().unsqueeze(1).sub(logSum);
                weights.mul_(shifted.add_(offset).mul_(h).add_(perWeight));
            } else {
                weights.mul_(perWeight);
            }
            weights.scatter_add_(1, targets, g);
        }

        private void spread(Tensor hiddenGradient) {
            Tensor head = policy.headWeight();
            mm_out(hiddenGradient, weights, head);
            if (temperature != 1) {
                hiddenGradient.div_(new Scalar(temperature));
            }
            head.grad().addmm_(weights.t(), scaled);
        }

        private static Tensor rowSum(Tensor matrix) {
            return matrix.sum(VOCABULARY, true, new ScalarTypeOptional());
        }
    }
}
