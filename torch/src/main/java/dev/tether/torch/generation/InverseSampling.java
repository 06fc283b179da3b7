package dev.tether.torch.generation;

import static org.bytedeco.pytorch.global.torch.constant_pad_nd;
import static org.bytedeco.pytorch.global.torch.searchsorted;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * Draws from discrete distributions by inverting their cumulative sums at given uniform numbers. A large vocabulary is
 * inverted in two levels, blocks and then one block, which is faster and rounds less than one long sum. An entry of
 * probability 0 is never drawn.
 */
final class InverseSampling {
    /** Up to here one level is as fast. */
    private static final long ONE_LEVEL = 2048;

    private static final long BLOCK = 256;
    private static final long[] LAST = {-1};
    private static final Scalar BELOW_ONE = Scoped.forever(new Scalar(1 - 0x1p-23));
    private static final Scalar ZERO = Scoped.forever(new Scalar(0.0));
    private static final Scalar BLOCK_SIZE = Scoped.forever(new Scalar(BLOCK));
    private static final StringViewOptional NO_SIDE = Scoped.forever(new StringViewOptional());
    private static final TensorOptional NO_SORTER = Scoped.forever(new TensorOptional());
    private static final ScalarTypeOptional SAME_TYPE = Scoped.forever(new ScalarTypeOptional());

    private InverseSampling() {}

    /**
     * What was drawn.
     *
     * @param indices [B][1] int64
     * @param masses [B][1], the sum of each row
     */
    record Drawn(Tensor indices, Tensor masses) {}

    /**
     * One index per row.
     *
     * @param probabilities [B][n], each row summing to about 1
     * @param uniforms [B][1], in [0, 1)
     */
    static Drawn draw(Tensor probabilities, Tensor uniforms) {
        if (probabilities.size(1) <= ONE_LEVEL) {
            Tensor cumulative = probabilities.cumsum(-1);
            return new Drawn(firstBeyond(cumulative, uniforms.mul(last(cumulative))), last(cumulative));
        }
        Tensor blocks = inBlocks(probabilities);
        Tensor masses = blocks.sum(LAST, false, SAME_TYPE);
        Tensor cumulative = masses.cumsum(-1);
        Tensor at = uniforms.mul(last(cumulative));
        Tensor block = firstBeyond(cumulative, at);
        Tensor before = cumulative.gather(1, block).sub(masses.gather(1, block));
        Tensor chosen = blocks.gather(1, block.unsqueeze(2).expand(block.size(0), 1, BLOCK))
                .squeeze(1);
        Tensor within = firstBeyond(chosen.cumsum(-1), at.sub(before));
        return new Drawn(block.mul(BLOCK_SIZE).add(within), last(cumulative));
    }

    private static Tensor inBlocks(Tensor probabilities) {
        long missing = Math.floorMod(-probabilities.size(1), BLOCK);
        Tensor whole = probabilities;
        if (missing > 0) {
            whole = constant_pad_nd(probabilities, new long[] {0, missing});
        }
        return whole.view(whole.size(0), -1, BLOCK);
    }

    /** The first index whose cumulative sum exceeds {@code at}, which rounding may have pushed over either end. */
    private static Tensor firstBeyond(Tensor cumulative, Tensor at) {
        Tensor inside = at.clamp_min(ZERO).minimum(last(cumulative).mul(BELOW_ONE));
        return searchsorted(cumulative, inside, false, true, NO_SIDE, NO_SORTER);
    }

    private static Tensor last(Tensor cumulative) {
        return cumulative.narrow(-1, cumulative.size(-1) - 1, 1);
    }
}
