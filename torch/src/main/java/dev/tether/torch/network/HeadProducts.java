package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.empty_like;
import static org.bytedeco.pytorch.global.torch.mm_out;

import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The products with the weights of a policy's head: exact on the way there; on the way back of numbers rounded to bfloat16
 * where the policy computes so, but summed as the weights' own numbers.
 */
final class HeadProducts implements AutoCloseable {
    private final CausalLm policy;
    /** Null where nothing is rounded. */
    private Tensor rounded;
    /** Kept: fresh memory of that size costs more than the product. Null until used. */
    private Tensor roundedGradient;

    HeadProducts(CausalLm policy) {
        this.policy = policy;
    }

    /** Takes the weights as they are now, for {@link #back} within the caller's scope. */
    void take() {
        rounded = policy.computeType() == ComputeType.BFLOAT16
                ? policy.headWeight().detach().to(ScalarType.BFloat16)
                : null;
    }

    /** The number type that {@link #back} takes slopes in. */
    ScalarType slopeType() {
        return rounded == null ? policy.computeType().scalarType() : ScalarType.BFloat16;
    }

    /** @param logits [n][V], overwritten with those of {@code hidden}, [n][width] */
    void logits(Tensor logits, Tensor hidden) {
        mm_out(logits, hidden, policy.headWeight().t());
    }

    /**
     * The way back; adds to the gradient of the weights, unless they are frozen.
     *
     * @param slopes [n][V], ∂loss/∂logits, each row divided by a factor of its own
     * @param hidden [n][width], each row multiplied by that factor
     * @param hiddenGradient [n][width], overwritten with slopes times weights
     */
    void back(Tensor slopes, Tensor hidden, Tensor hiddenGradient) {
        Tensor head = policy.headWeight();
        Tensor ready = slopes.to(slopeType());
        if (rounded == null) {
            mm_out(hiddenGradient, ready, head);
            if (head.requires_grad()) {
                head.grad().addmm_(ready.t(), hidden);
            }
        } else {
            hiddenGradient.copy_(ready.mm(rounded));
            if (head.requires_grad()) {
                mm_out(roundedGradient(), ready.t(), hidden.to(ScalarType.BFloat16));
                addWidened(head.grad(), roundedGradient);
            }
        }
    }

    private Tensor roundedGradient() {
        if (roundedGradient == null) {
            roundedGradient = Scoped.keep(() -> empty_like(rounded));
        }
        return roundedGradient;
    }

    /** Block by block: a sum of two number types is several times slower than a copy and a sum of one. */
    private static void addWidened(Tensor sum, Tensor rounded) {
        Tensor widened = SoftmaxRows.room(sum);
        SoftmaxRows.inBlocks(sum.size(0), sum.size(1), (first, count) -> {
            Tensor block = widened.narrow(0, 0, count);
            block.copy_(rounded.narrow(0, first, count));
            sum.narrow(0, first, count).add_(block);
        });
    }

    @Override
    public void close() {
        if (roundedGradient != null) {
            roundedGradient.close();
            roundedGradient = null;
        }
    }
}
