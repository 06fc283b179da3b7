package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Room for rows of {@code width} numbers that is used again and again; it only ever grows. */
final class RowBuffer implements AutoCloseable {
    private final long width;
    private Tensor whole;

    RowBuffer(long width) {
        this.width = width;
    }

    /** The first rows [count][width] with whatever is in them, in the caller's scope. */
    Tensor rows(long count, ScalarType type) {
        if (whole == null || whole.size(0) < count || whole.scalar_type().intern() != type) {
            close();
            whole = Scoped.keep(() -> zeros(new long[] {count, width}, new TensorOptions(type)));
        }
        return whole.narrow(0, 0, count);
    }

    @Override
    public void close() {
        if (whole != null) {
            whole.close();
            whole = null;
        }
    }
}
