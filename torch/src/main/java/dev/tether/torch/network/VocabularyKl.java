package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.empty_like;
import static org.bytedeco.pytorch.global.torch.mm_out;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * KL(π ‖ π_ref) over the vocabulary for a few tokens, and its way back to the policy's logits, in one buffer [n][V]:
 * first it holds the reference's logits z_ref, then d = log π − log π_ref. Per-row quantities are columns [n][1].
 */
final class VocabularyKl {
    private static final long[] VOCABULARY = {1};

    private final Tensor buffer;
    private final Tensor refLogSum;
    private Tensor nats;

    /**
     * Reads the reference.
     *
     * @param hidden [n][width], its hidden states, divided by the temperature
     * @param buffer [n][V], overwritten
     */
    VocabularyKl(CausalLm reference, Tensor hidden, Tensor buffer) {
        this.buffer = buffer;
        mm_out(buffer, hidden, reference.headWeight().t());
        refLogSum = Scoped.handOver(() -> empty_like(buffer.narrow(1, 0, 1)));
        inBlocks((first, count) -> {
            Tensor shifted = buffer.narrow(0, first, count);
            shifted.sub_(shifted.amax(VOCABULARY, true));
            refLogSum
                    .narrow(0, first, count)
                    .copy_(shifted.exp()
                            .sum(VOCABULARY, true, new ScalarTypeOptional())
                            .log());
        });
    }

    private void inBlocks(SoftmaxRows.Block block) {
        SoftmaxRows.inBlocks(buffer.size(0), buffer.size(1), block);
    }

    /**
     * Σ_v π_v · d_v of each row; once.
     *
     * @param shifted [n][V], the policy's logits less their row's greatest
     * @param weights [n][V], e to the power of these
     * @param weightSum of each row
     */
    Tensor nats(Tensor shifted, Tensor weights, Tensor weightSum) {
        Tensor offset = weightSum.log().sub(refLogSum);
        nats = Scoped.handOver(() -> empty_like(weightSum));
        Tensor products = SoftmaxRows.room(buffer);
        inBlocks((first, count) -> {
            Tensor ratios = buffer.narrow(0, first, count);
            ratios.neg_().add_(shifted.narrow(0, first, count)).sub_(offset.narrow(0, first, count));
            SoftmaxRows.dots(weights.narrow(0, first, count), ratios, products, nats.narrow(0, first, count));
        });
        return nats.div_(weightSum);
    }

    /**
     * factor · (d − KL): times π_v, the derivative of Σ factor · KL with respect to z_v. In the buffer, for as many rows from
     * {@code first} on as there are factors; after {@link #nats}.
     */
    Tensor slopes(long first, Tensor factors) {
        long count = factors.size(0);
        return buffer.narrow(0, first, count).sub_(nats.narrow(0, first, count)).mul_(factors);
    }
}
