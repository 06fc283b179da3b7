package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.empty_like;
import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.gather_out;
import static org.bytedeco.pytorch.global.torch.mul_out;
import static org.bytedeco.pytorch.global.torch.sum_out;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The softmax of rows of logits [n][V], a few rows at a time: what is read again and again stays in the cache of a core,
 * and memory is crossed once. Without gradients. Per-row quantities are columns [n][1].
 */
final class SoftmaxRows {
    /** A quarter of a megabyte of logits in single precision; what is made of them takes twice as much again. */
    private static final int LOGITS_IN_CACHE = 1 << 16;

    private static final long[] VOCABULARY = {1};

    /**
     * What rows say.
     *
     * @param chosen z_target − max z
     * @param sums Σ e^(z − max z)
     * @param products Σ (z − max z)·e^(z − max z)
     */
    record Figures(Tensor chosen, Tensor sums, Tensor products) {
        /** log p of the targets. */
        Tensor logprobs() {
            return chosen.sub(sums.log());
        }

        /** −Σ p log p. */
        Tensor entropies() {
            return sums.log().sub(products.div(sums));
        }
    }

    /** Work on {@code count} rows from {@code first} on. */
    interface Block {
        void run(long first, long count);
    }

    private SoftmaxRows() {}

    /** Every block in a scope of its own. */
    static void inBlocks(long rows, long vocabulary, Block block) {
        long step = rowsInCache(vocabulary);
        for (long first = 0; first < rows; first += step) {
            long from = first;
            long count = Math.min(step, rows - first);
            Scoped.run(() -> block.run(from, count));
        }
    }

    private static long rowsInCache(long vocabulary) {
        return Math.max(1, LOGITS_IN_CACHE / vocabulary);
    }

    /**
     * Reads rows, in the caller's scope.
     *
     * @param logits [n][V], used up
     * @param targets [n][1]
     */
    static Figures read(Tensor logits, Tensor targets) {
        return read(logits, targets, null);
    }

    /**
     * Reads rows and leaves their exponentials, in the caller's scope.
     *
     * @param logits [n][V]; afterwards less their row's maximum, unless the exponentials take their place
     * @param targets [n][1]
     * @param exponentials [n][V], takes e^(z − max z) in its own number type; may be {@code logits}; null = not wanted
     */
    static Figures read(Tensor logits, Tensor targets, Tensor exponentials) {
        long rows = logits.size(0);
        long vocabulary = logits.size(1);
        Figures figures = new Figures(column(logits), column(logits), column(logits));
        Tensor cached = room(logits);
        Tensor products = room(logits);
        inBlocks(rows, vocabulary, (first, count) -> {
            Tensor shifted = logits.narrow(0, first, count);
            shifted.sub_(shifted.amax(VOCABULARY, true));
            gather_out(figures.chosen().narrow(0, first, count), shifted, 1, targets.narrow(0, first, count));
            Tensor powers = cached.narrow(0, 0, count);
            exp_out(powers, shifted);
            sum_out(figures.sums().narrow(0, first, count), powers, VOCABULARY, true, new ScalarTypeOptional());
            dots(shifted, powers, products, figures.products().narrow(0, first, count));
            if (exponentials != null) {
                exponentials.narrow(0, first, count).copy_(powers);
            }
        });
        return figures;
    }

    private static Tensor column(Tensor logits) {
        return Scoped.handOver(() -> empty_like(logits.narrow(1, 0, 1)));
    }

    /** Room for the numbers of one block, in the caller's scope. */
    static Tensor room(Tensor matrix) {
        long rows = Math.min(matrix.size(0), rowsInCache(matrix.size(1)));
        return Scoped.handOver(() -> empty_like(matrix.narrow(0, 0, rows)));
    }

    /** Σ_v a_v·b_v of each row into [n][1]; {@code room} is overwritten. */
    static void dots(Tensor a, Tensor b, Tensor room, Tensor sums) {
        Tensor products = room.narrow(0, 0, a.size(0));
        mul_out(products, a, b);
        sum_out(sums, products, VOCABULARY, true, new ScalarTypeOptional());
    }
}
