package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.mm_out;

import org.bytedeco.pytorch.Scalar;
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

    /**
     * Reads the reference.
     *
     * @param hidden [n][width], its hidden states
     * @param buffer [n][V], overwritten
     * @param scratch [n][V], overwritten and free again afterwards
     */
    VocabularyKl(CausalLm reference, Tensor hidden, double temperature, Tensor buffer, Tensor scratch) {
        this.buffer = buffer;
        Tensor scaled = temperature == 1 ? hidden : hidden.div(new Scalar(temperature));
        mm_out(buffer, scaled, reference.headWeight().t());
        buffer.sub_(buffer.amax(VOCABULARY, true));
        exp_out(scratch, buffer);
        refLogSum = scratch.sum(VOCABULARY, true, new ScalarTypeOptional()).log();
    }

    /**
     * Σ_v π_v · d_v of each row.
     *
     * @param shifted [n][V], the policy's logits less their row's greatest
     * @param weights [n][V], e to the power of these
     * @param weightSum of each row
     */
    Tensor nats(Tensor shifted, Tensor weights, Tensor weightSum) {
        buffer.neg_().add_(shifted).sub_(weightSum.log().sub_(refLogSum));
        // rows times columns: no product [n][V] comes into being
        Tensor sums = weights.unsqueeze(1).bmm(buffer.unsqueeze(2)).squeeze(2);
        return sums.div_(weightSum);
    }

    /** factor · (d − KL): times π_v, the derivative of Σ factor · KL with respect to z_v. In the buffer. */
    Tensor slopes(Tensor nats, Tensor factor) {
        return buffer.sub_(nats).mul_(factor);
    }
}
