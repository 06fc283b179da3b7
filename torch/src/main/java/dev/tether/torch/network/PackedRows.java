package dev.tether.torch.network;

import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.model.TokenBatch;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Prompts and counted response tokens packed left-aligned, one row per sequence: token j of a row stands at position j,
 * and padding comes after the last token, where the causal order hides it. A response token is read off the hidden
 * state of the token before it.
 */
final class PackedRows {
    private final int rows;
    private final int length;
    private final long[] ids;
    /** For each counted token: where its hidden state lies in [rows · length], its id, its cell in [B · T]. */
    private final long[] readAt;

    private final long[] targets;
    private final long[] cells;
    /** The same for values, which are also read once after the last counted token. */
    private final long[] valueReadAt;

    private final long[] valueCells;

    /** @throws IllegalArgumentException when a prompt or a counted response token is not in the vocabulary */
    PackedRows(TokenBatch batch, int vocabularySize) {
        rows = batch.sequences();
        int width = batch.responseWidth();
        length = longest(batch);
        ids = new long[rows * length];
        int counted = Math.toIntExact(batch.responseMask().counted());
        readAt = new long[counted];
        targets = new long[counted];
        cells = new long[counted];
        valueReadAt = new long[counted + rows];
        valueCells = new long[counted + rows];
        int next = 0;
        int nextValue = 0;
        for (int b = 0; b < rows; b++) {
            int at = b * length;
            for (int i = 0; i < batch.prompts()[b].length; i++) {
                ids[at++] = tokenId("prompts", b, i, batch.prompts()[b][i], vocabularySize);
            }
            for (int t = 0; t < width; t++) {
                if (batch.responseMask().counts(b, t)) {
                    readAt[next] = at - 1;
                    targets[next] = tokenId("responses", b, t, batch.responses()[b][t], vocabularySize);
                    cells[next] = (long) b * width + t;
                    ids[at++] = targets[next];
                    valueReadAt[nextValue] = readAt[next];
                    valueCells[nextValue++] = cells[next++];
                }
            }
            int last = batch.responseMask().lastCounted(b);
            if (last >= 0 && last + 1 < width) {
                valueReadAt[nextValue] = at - 1;
                valueCells[nextValue++] = (long) b * width + last + 1;
            }
        }
        values = nextValue;
    }

    private final int values;

    private static int tokenId(String array, int sequence, int index, int id, int vocabularySize) {
        if (id < 0 || id >= vocabularySize) {
            throw new IllegalArgumentException(array + "[" + sequence + "][" + index + "] = " + id
                    + ", must be a token id in 0.." + (vocabularySize - 1));
        }
        return id;
    }

    private static int longest(TokenBatch batch) {
        int longest = 0;
        for (int b = 0; b < batch.sequences(); b++) {
            longest = Math.max(
                    longest, batch.prompts()[b].length + batch.responseMask().counted(b));
        }
        return longest;
    }

    /** Counted tokens N. */
    int counted() {
        return readAt.length;
    }

    TokenRows tokenRows() {
        return TokenRows.leftAligned(Tensors.of(ids, rows, length));
    }

    /** [N] int64, into [rows · length]. */
    Tensor readAt() {
        return Tensors.of(readAt, readAt.length);
    }

    /** [N] int64: the ids of the counted tokens. */
    Tensor targets() {
        return Tensors.of(targets, targets.length);
    }

    /** [N] int64, into [B · T]. */
    Tensor cells() {
        return Tensors.of(cells, cells.length);
    }

    Tensor valueReadAt() {
        return Tensors.of(Arrays.copyOf(valueReadAt, values), values);
    }

    Tensor valueCells() {
        return Tensors.of(Arrays.copyOf(valueCells, values), values);
    }
}
