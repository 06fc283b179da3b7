package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;

/** Keys and values of the tokens read so far, [B][heads][capacity][size] per layer, allocated once. */
final class KeyValueCache implements AutoCloseable {
    private final Tensor[] keys;
    private final Tensor[] values;
    private long length;

    KeyValueCache(int layers, long[] shape, ComputeType computeType) {
        keys = new Tensor[layers];
        values = new Tensor[layers];
        for (int i = 0; i < layers; i++) {
            keys[i] = Scoped.keep(() -> zeros(shape, new TensorOptions(computeType.scalarType())));
            values[i] = Scoped.keep(() -> zeros(shape, new TensorOptions(computeType.scalarType())));
        }
    }

    /** Tokens per row so far. */
    long length() {
        return length;
    }

    /** Writes new keys [B][heads][T][size] after the earlier ones; all of them, in the caller's scope. */
    Tensor appendKeys(int layer, Tensor added) {
        return append(keys[layer], added);
    }

    /** The same for values. */
    Tensor appendValues(int layer, Tensor added) {
        return append(values[layer], added);
    }

    private Tensor append(Tensor block, Tensor added) {
        long count = added.size(2);
        block.narrow(2, length, count).copy_(added);
        return block.narrow(2, 0, length + count);
    }

    /** Makes {@code count} appended tokens of every layer part of the past. */
    void advance(long count) {
        length += count;
    }

    /** Goes on with the rows whose indices are given, in that order; a row may be named more than once. */
    void keepRows(Tensor rows) {
        for (int i = 0; i < keys.length; i++) {
            keys[i] = replaced(keys[i], rows);
            values[i] = replaced(values[i], rows);
        }
    }

    private static Tensor replaced(Tensor block, Tensor rows) {
        Tensor kept = Scoped.keep(() -> block.index_select(0, rows));
        block.close();
        return kept;
    }

    @Override
    public void close() {
        for (int i = 0; i < keys.length; i++) {
            keys[i].close();
            values[i].close();
        }
    }
}
