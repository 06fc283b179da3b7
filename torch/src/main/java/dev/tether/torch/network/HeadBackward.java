package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.zeros;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * From hidden states to logprobs, entropies and KL, and with a loss of those all the way back, in a buffer of a few
 * tokens' logits that is reused for every piece (one more where the gradient of the entropy or a reference needs it, two
 * for both): the time goes into matrix products and not into fresh memory.
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

    private final CausalLm policy;
    private final int rowsAtOnce;
    private final HeadProducts head;
    private final RowBuffer logits;
    /** Apart from the logits only where these are needed again, or where it holds numbers of another type. */
    private final RowBuffer exponentials;
    /** Of a reference. */
    private final RowBuffer logRatios;

    /** @param rowsAtOnce tokens whose logits exist at once */
    HeadBackward(CausalLm policy, int rowsAtOnce) {
        this.policy = policy;
        this.rowsAtOnce = rowsAtOnce;
        this.head = new HeadProducts(policy);
        this.logits = new RowBuffer(policy.vocabularySize());
        this.exponentials = new RowBuffer(policy.vocabularySize());
        this.logRatios = new RowBuffer(policy.vocabularySize());
    }

    /**
     * Adds to the gradient of the head's weights, unless they are frozen; returns that of the hidden states, [N][width], in the caller's scope.
     */
    Tensor backward(States states, TokenReading reading, TokenLoss loss) {
        long total = states.hidden().size(0);
        Tensor gradient = zeros_like(states.hidden());
        head.take();
        for (long first = 0; first < total; first += rowsAtOnce) {
            long from = first;
            long count = Math.min(rowsAtOnce, total - first);
            Scoped.run(() -> new Piece(states, reading, from, count).backward(loss, gradient.narrow(0, from, count)));
        }
        return gradient;
    }

    /** The logprobs [N] of all targets without gradients, by a pass of their own; in the caller's scope. */
    Tensor logprobs(States states, double temperature) {
        long total = states.hidden().size(0);
        Tensor all = Scoped.handOver(() ->
                zeros(new long[] {total}, new TensorOptions(policy.computeType().scalarType())));
        for (long first = 0; first < total; first += rowsAtOnce) {
            long from = first;
            long count = Math.min(rowsAtOnce, total - first);
            Scoped.runWithoutGradients(() -> {
                Tensor scaled = scaled(states.hidden().narrow(0, from, count), temperature);
                Tensor targets = states.targets().narrow(0, from, count).unsqueeze(1);
                Tensor read = logits(scaled);
                all.narrow(0, from, count)
                        .copy_(SoftmaxRows.read(read, targets).logprobs().squeeze(1));
            });
        }
        return all;
    }

    /** In the buffer. */
    private Tensor logits(Tensor scaled) {
        Tensor made = logits.rows(scaled.size(0), policy.computeType().scalarType());
        head.logits(made, scaled);
        return made;
    }

    /** Dividing the hidden states divides the logits, and touches far fewer numbers. */
    private static Tensor scaled(Tensor hidden, double temperature) {
        return temperature == 1 ? hidden : hidden.div(new Scalar(temperature));
    }

    @Override
    public void close() {
        logits.close();
        exponentials.close();
        logRatios.close();
        head.close();
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
        /** z less its row's maximum; used up where the slopes are one number a row. */
        private final Tensor shifted;
        /** e to the power of the above; in the way back's number type where the slopes are one number a row. */
        private final Tensor weights;

        private final SoftmaxRows.Figures softmax;

        @SuppressWarnings("try") // the guard acts by being open
        Piece(States states, TokenReading reading, long first, long count) {
            this.first = first;
            this.count = count;
            this.temperature = reading.temperature();
            this.entropyTracked = reading.entropy() == EntropyGradient.TRACKED;
            try (NoGradGuard guard = new NoGradGuard()) {
                this.scaled = scaled(states.hidden().narrow(0, first, count), temperature);
                this.targets = states.targets().narrow(0, first, count).unsqueeze(1);
                this.kl = reading.reference() == null ? null : kl(reading.reference(), states.refHidden());
                this.shifted = logits(scaled);
                this.weights = weights();
                this.softmax = SoftmaxRows.read(shifted, targets, weights);
            }
        }

        private VocabularyKl kl(CausalLm reference, Tensor refHidden) {
            Tensor hidden = scaled(refHidden.narrow(0, first, count), temperature);
            return new VocabularyKl(
                    reference,
                    hidden,
                    logRatios.rows(count, policy.computeType().scalarType()));
        }

        private Tensor weights() {
            if (hasOneSlopePerRow()) {
                ScalarType type = head.slopeType();
                return type == policy.computeType().scalarType() ? shifted : exponentials.rows(count, type);
            }
            return exponentials.rows(count, policy.computeType().scalarType());
        }

        /** Where the loss is one of logprobs alone, ∂loss/∂z is e^z − Σ·1[v = token] times a number for each row. */
        private boolean hasOneSlopePerRow() {
            return !entropyTracked && kl == null;
        }

        @SuppressWarnings("try") // the guard acts by being open
        void backward(TokenLoss loss, Tensor hiddenGradient) {
            TokenFigures figures;
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor nats = kl == null
                        ? null
                        : kl.nats(shifted, weights, softmax.sums()).squeeze(1);
                figures = new TokenFigures(
                        softmax.logprobs().squeeze(1), softmax.entropies().squeeze(1), nats);
            }
            figures.logprobs().set_requires_grad(true);
            figures.entropies().set_requires_grad(entropyTracked);
            if (kl != null) {
                figures.referenceKl().set_requires_grad(true);
            }
            loss.ofTokens(first, figures).backward();
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensor slopes = figures.logprobs()
                        .grad()
                        .unsqueeze(1)
                        .div(softmax.sums())
                        .neg_();
                if (hasOneSlopePerRow()) {
                    Tensor atTarget = softmax.chosen().exp().sub(softmax.sums());
                    weights.scatter_(1, targets, atTarget.to(weights.scalar_type()));
                    head.back(weights, scaled.mul(slopes), hiddenGradient);
                    hiddenGradient.mul_(slopes);
                } else {
                    toLogitGradient(figures, slopes);
                    head.back(weights, scaled, hiddenGradient);
                }
                if (temperature != 1) {
                    hiddenGradient.div_(new Scalar(temperature));
                }
            }
        }

        /** Turns the exponentials into ∂loss/∂z in place. */
        private void toLogitGradient(TokenFigures figures, Tensor ofLogprobs) {
            Tensor entropySlopes = entropyTracked ? slopes(figures.entropies().grad()) : null;
            Tensor offset =
                    figures.entropies().detach().unsqueeze(1).sub(softmax.sums().log());
            Tensor klSlopes = kl == null ? null : slopes(figures.referenceKl().grad());
            SoftmaxRows.inBlocks(count, policy.vocabularySize(), (from, rows) -> {
                Tensor slopes = ofLogprobs.narrow(0, from, rows);
                if (entropySlopes != null) {
                    slopes = shifted.narrow(0, from, rows)
                            .add_(offset.narrow(0, from, rows))
                            .mul_(entropySlopes.narrow(0, from, rows).neg())
                            .add_(slopes);
                }
                if (klSlopes != null) {
                    slopes = kl.slopes(from, klSlopes.narrow(0, from, rows)).add_(slopes);
                }
                weights.narrow(0, from, rows).mul_(slopes);
            });
            weights.scatter_add_(1, targets, figures.logprobs().grad().unsqueeze(1));
        }

        /** Per unit of a row's exponentials; null where the loss does not ask for the figure. */
        private Tensor slopes(Tensor gradient) {
            return gradient.defined() ? gradient.unsqueeze(1).div(softmax.sums()) : null;
        }
    }
}
