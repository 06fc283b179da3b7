package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.mm_out;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * From hidden states to logprobs, entropies and KL, and with a loss of those all the way back, in two buffers of a few
 * tokens' logits (three with a reference) that are reused for every piece: the time goes into matrix products and not
 * into fresh memory.
 *
 * <p>With z the logits divided by the temperature, p = softmax(z), H the entropy, q the reference's probabilities and K
 * = Σ p·(log p − log q), the gradient is ∂loss/∂z_v = g·(1[v = token] − p_v) − h·p_v·(log p_v + H) + k·p_v·(log p_v −
 * log q_v − K), where g, h and k are the derivatives of the loss with respect to the token's logprob, H and K.
 */
final class HeadBackward implements AutoCloseable {
    /**
     * What is read.
     *
     * @param hidden [N][width], the policy's states without gradients
     * @param targets [N], the tokens they are to predict
     * @param refHidden [N][width of the reference], its states; null without one
     */
    record States(Tensor hidden, Tensor targets, Tensor refHidden) {}

    private static final long[] VOCABULARY = {1};

    private final CausalLm policy;
    private final int rowsAtOnce;
    private Tensor logits;
    private Tensor exponentials;
    /** Null until a reference is read. */
    private Tensor logRatios;
    /** The head's weights in bfloat16 while {@link #backward} runs on a policy whose products are; else null. */
    private Tensor roundedHead;

    /** @param rowsAtOnce tokens whose logits exist at once */
    HeadBackward(CausalLm policy, int rowsAtOnce) {
        this.policy = policy;
        this.rowsAtOnce = rowsAtOnce;
    }

    /**
     * Adds to the gradient of the head's weights, unless they are frozen; returns that of the hidden states, [N][width], in the caller's scope.
     */
    Tensor backward(States states, TokenReading reading, TokenLoss loss) {
        long total = states.hidden().size(0);
        reserve(Math.min(rowsAtOnce, total), reading);
        Tensor gradient = zeros_like(states.hidden());
        boolean rounded = policy.computeType() == ComputeType.BFLOAT16;
        roundedHead = rounded ? policy.headWeight().detach().to(ScalarType.BFloat16) : null;
        for (long first = 0; first < total; first += rowsAtOnce) {
            long from = first;
            long count = Math.min(rowsAtOnce, total - first);
            Scoped.run(() -> new Piece(states, reading, from, count).backward(loss, gradient));
        }
        return gradient;
    }

    /** The logprobs [N] of all targets without gradients, by a pass of their own; in the caller's scope. */
    Tensor logprobs(States states, double temperature) {
        long total = states.hidden().size(0);
        TokenReading reading = new TokenReading(temperature, EntropyGradient.NONE, null);
        reserve(Math.min(rowsAtOnce, total), reading);
        Tensor all = Scoped.handOver(() ->
                zeros(new long[] {total}, new TensorOptions(policy.computeType().scalarType())));
        for (long first = 0; first < total; first += rowsAtOnce) {
            long from = first;
            long count = Math.min(rowsAtOnce, total - first);
            Scoped.computeWithoutGradients(() -> all.narrow(0, from, count)
                    .copy_(new Piece(states, reading, from, count).logprobs().squeeze(1)));
        }
        return all;
    }

    /** Makes the buffers hold {@code rows}; they only ever grow. */
    private void reserve(long rows, TokenReading reading) {
        if (logits == null || logits.size(0) < rows) {
            close();
            logits = buffer(rows);
            exponentials = buffer(rows);
        }
        if (reading.reference() != null && logRatios == null) {
            logRatios = buffer(logits.size(0));
        }
    }

    private Tensor buffer(long rows) {
        long[] shape = {rows, policy.vocabularySize()};
        return Scoped.keep(
                () -> zeros(shape, new TensorOptions(policy.computeType().scalarType())));
    }

    @Override
    public void close() {
        if (logits != null) {
            logits.close();
            exponentials.close();
            logits = null;
        }
        if (logRatios != null) {
            logRatios.close();
            logRatios = null;
        }
    }

    /** Some rows, in a scope of their own. Per-row quantities are columns [n][1]. */
    private final class Piece {
        private final long first;
        private final long count;
        private final double temperature;
        private final boolean entropyTracked;
        /** Null without a reference. */
        private final VocabularyKl kl;

        private final Tensor scaled;
        private final Tensor targets;
        /** z less its row's maximum; without a gradient of the entropy it is used up. */
        private final Tensor shifted;
        /** e to the power of the above. */
        private final Tensor weights;

        private Tensor weightSum;
        private Tensor logSum;

        Piece(States states, TokenReading reading, long first, long count) {
            this.first = first;
            this.count = count;
            this.temperature = reading.temperature();
            this.entropyTracked = reading.entropy() == EntropyGradient.TRACKED;
            Tensor hidden = states.hidden().narrow(0, first, count);
            // dividing the hidden states divides the logits, and touches far fewer numbers
            this.scaled = temperature == 1 ? hidden : hidden.div(new Scalar(temperature));
            this.targets = states.targets().narrow(0, first, count).unsqueeze(1);
            this.shifted = logits.narrow(0, 0, count);
            this.weights = exponentials.narrow(0, 0, count);
            this.kl = reading.reference() == null ? null : kl(reading.reference(), states.refHidden());
        }

        @SuppressWarnings("try") // the guard acts by being open
        private VocabularyKl kl(CausalLm reference, Tensor refHidden) {
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor buffer = logRatios.narrow(0, 0, count);
                return new VocabularyKl(reference, refHidden.narrow(0, first, count), temperature, buffer, weights);
            }
        }

        @SuppressWarnings("try") // the guards act by being open
        void backward(TokenLoss loss, Tensor hiddenGradient) {
            TokenFigures figures;
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor logprobs = logprobs().squeeze(1);
                Tensor nats =
                        kl == null ? null : kl.nats(shifted, weights, weightSum).squeeze(1);
                figures = new TokenFigures(logprobs, entropies().squeeze(1), nats);
            }
            figures.logprobs().set_requires_grad(true);
            figures.entropies().set_requires_grad(entropyTracked);
            if (kl != null) {
                figures.referenceKl().set_requires_grad(true);
            }
            loss.ofTokens(first, figures).backward();
            try (NoGradGuard guard = new NoGradGuard()) {
                toLogitGradient(figures);
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
        private void toLogitGradient(TokenFigures figures) {
            Tensor g = figures.logprobs().grad().unsqueeze(1);
            Tensor slopes = g.div(weightSum).neg_();
            if (entropyTracked && figures.entropies().grad().defined()) {
                Tensor h =
                        figures.entropies().grad().unsqueeze(1).div(weightSum).neg_();
                Tensor offset = figures.entropies().detach().unsqueeze(1).sub(logSum);
                slopes = shifted.add_(offset).mul_(h).add_(slopes);
            }
            if (kl != null && figures.referenceKl().grad().defined()) {
                Tensor k = figures.referenceKl().grad().unsqueeze(1).div(weightSum);
                slopes = kl.slopes(figures.referenceKl().detach().unsqueeze(1), k)
                        .add_(slopes);
            }
            weights.mul_(slopes);
            weights.scatter_add_(1, targets, g);
        }

        private void spread(Tensor hiddenGradient) {
            if (roundedHead == null) {
                spreadExactly(hiddenGradient);
            } else {
                spreadRounded(hiddenGradient);
            }
            if (temperature != 1) {
                hiddenGradient.div_(new Scalar(temperature));
            }
        }

        private void spreadExactly(Tensor hiddenGradient) {
            Tensor head = policy.headWeight();
            mm_out(hiddenGradient, weights, head);
            if (head.requires_grad()) {
                head.grad().addmm_(weights.t(), scaled);
            }
        }

        private void spreadRounded(Tensor hiddenGradient) {
            Tensor slopes = rounded(weights);
            hiddenGradient.copy_(slopes.mm(roundedHead));
            Tensor head = policy.headWeight();
            if (head.requires_grad()) {
                head.grad().add_(slopes.t().mm(rounded(scaled)));
            }
        }

        private static Tensor rounded(Tensor values) {
            return values.to(ScalarType.BFloat16);
        }

        private static Tensor rowSum(Tensor matrix) {
            return matrix.sum(VOCABULARY, true, new ScalarTypeOptional());
        }
    }
}
