package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.ones;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Rows of tokens that grow by one token a row at a time; keys and values of what was read are kept. Prompts of
 * different lengths are padded on the left, so that all rows end in the same column, and every token knows its own
 * position. To be used without gradients.
 */
public final class GrowingRows implements AutoCloseable {
    private final PackedLm model;
    /** Null until prompts are read. */
    private KeyValueCache cache;
    /** [B][capacity] bool, false where a row is padded; null where all prompts have the same length. */
    private Tensor visible;
    /** [B][1] position of the next token; null where it is the same for all rows. */
    private Tensor nextPositions;

    private final int capacity;

    /**
     * @param model not owned
     * @param capacity tokens per row at most, the longest prompt included
     */
    public GrowingRows(PackedLm model, int capacity) {
        this.model = model;
        this.capacity = capacity;
    }

    /**
     * Reads the prompts; logits [B][vocabulary] of the token after each. Once, before {@link #append}. Equal prompts that lie
     * side by side, as those of a group do, are read once, and what was read is copied to their other rows.
     */
    public Tensor readPrompts(int[][] prompts) {
        List<int[]> distinct = new ArrayList<>();
        int[] readAs = new int[prompts.length];
        for (int b = 0; b < prompts.length; b++) {
            if (b == 0 || !Arrays.equals(prompts[b], prompts[b - 1])) {
                distinct.add(prompts[b]);
            }
            readAs[b] = distinct.size() - 1;
        }
        if (distinct.size() == prompts.length) {
            return read(prompts);
        }
        return Scoped.handOver(() -> {
            Tensor logits = read(distinct.toArray(int[][]::new));
            keepRows(readAs);
            long[] rows = Arrays.stream(readAs).asLongStream().toArray();
            return logits.index_select(0, Tensors.of(rows, rows.length));
        });
    }

    private Tensor read(int[][] prompts) {
        cache = model.decoder().newCache(prompts.length, capacity);
        return Scoped.handOver(() -> {
            int longest = Arrays.stream(prompts).mapToInt(p -> p.length).max().orElseThrow();
            boolean ragged = Arrays.stream(prompts).anyMatch(p -> p.length != longest);
            long[] ids = new long[prompts.length * longest];
            long[] positions = new long[ids.length];
            for (int b = 0; b < prompts.length; b++) {
                int padding = longest - prompts[b].length;
                for (int i = 0; i < prompts[b].length; i++) {
                    ids[b * longest + padding + i] = prompts[b][i];
                    positions[b * longest + padding + i] = i;
                }
            }
            Tensor tokens = Tensors.of(ids, prompts.length, longest);
            if (!ragged) {
                return lastLogits(TokenRows.leftAligned(tokens));
            }
            hidePadding(prompts, longest);
            return lastLogits(new TokenRows(tokens, Tensors.of(positions, prompts.length, longest), null));
        });
    }

    private void hidePadding(int[][] prompts, int longest) {
        long[] lengths = Arrays.stream(prompts).mapToLong(p -> p.length).toArray();
        nextPositions = Scoped.keep(() -> Tensors.of(lengths, lengths.length, 1));
        visible = Scoped.keep(() -> ones(new long[] {prompts.length, capacity}, new TensorOptions(ScalarType.Bool)));
        for (int b = 0; b < prompts.length; b++) {
            int row = b;
            Scoped.run(() -> visible.select(0, row)
                    .narrow(0, 0, longest - prompts[row].length)
                    .fill_(new Scalar(0)));
        }
    }

    /** Adds one token to every row; logits [B][vocabulary] of the token after it. */
    public Tensor append(long[] ids) {
        return Scoped.handOver(() -> {
            Tensor tokens = Tensors.of(ids, ids.length, 1);
            Tensor logits = lastLogits(new TokenRows(tokens, nextPositions, null));
            if (nextPositions != null) {
                nextPositions.add_(new Scalar(1));
            }
            return logits;
        });
    }

    private Tensor lastLogits(TokenRows rows) {
        long tokens = rows.ids().size(1);
        Tensor seen = visible == null ? null : visible.narrow(1, 0, cache.length() + tokens);
        Tensor hidden = model.decoder().continued(rows, seen, cache);
        return model.logits(hidden.select(1, tokens - 1));
    }

    /** Goes on with the rows of the given indices, in that order; a row may be named more than once. */
    public void keepRows(int... rows) {
        Scoped.run(() -> {
            Tensor indices = Tensors.of(Arrays.stream(rows).asLongStream().toArray(), rows.length);
            cache.keepRows(indices);
            if (visible != null) {
                visible = replaced(visible, indices);
                nextPositions = replaced(nextPositions, indices);
            }
        });
    }

    private static Tensor replaced(Tensor all, Tensor rows) {
        Tensor kept = Scoped.keep(() -> all.index_select(0, rows));
        all.close();
        return kept;
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
        if (visible != null) {
            visible.close();
            nextPositions.close();
        }
    }
}
