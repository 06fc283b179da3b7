package dev.tether.torch.engine;

import static org.bytedeco.pytorch.global.torch.from_blob;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Java arrays to tensors and back, by copy. */
public final class Tensors {
    private Tensors() {}

    /** An int64 tensor of the given shape, in the caller's scope. */
    public static Tensor of(long[] values, long... shape) {
        return Scoped.handOver(() -> from_blob(new LongPointer(values), shape, new TensorOptions(ScalarType.Long))
                .clone());
    }

    /** A float64 tensor of the given shape, in the caller's scope. */
    public static Tensor of(double[] values, long... shape) {
        return of(values, ScalarType.Double, shape);
    }

    /** A tensor of {@code type} and the given shape, in the caller's scope. */
    public static Tensor of(double[] values, ScalarType type, long... shape) {
        return Scoped.handOver(() -> from_blob(new DoublePointer(values), shape, new TensorOptions(ScalarType.Double))
                .to(type)
                .clone());
    }

    /** All values in row-major order. */
    public static double[] toDoubles(Tensor tensor) {
        return Scoped.compute(() -> {
            Tensor dense = tensor.detach().to(ScalarType.Double).contiguous();
            double[] values = new double[Math.toIntExact(dense.numel())];
            dense.data_ptr_double().get(values);
            return values;
        });
    }

    /** All values of an int64 tensor in row-major order. */
    public static long[] toLongs(Tensor tensor) {
        return Scoped.compute(() -> {
            Tensor dense = tensor.contiguous();
            long[] values = new long[Math.toIntExact(dense.numel())];
            dense.data_ptr_long().get(values);
            return values;
        });
    }

    /** The rows of a [B][T] tensor. */
    public static double[][] toRows(Tensor tensor) {
        int rows = Math.toIntExact(tensor.size(0));
        int width = Math.toIntExact(tensor.size(1));
        double[] flat = toDoubles(tensor);
        double[][] result = new double[rows][width];
        for (int b = 0; b < rows; b++) {
            System.arraycopy(flat, b * width, result[b], 0, width);
        }
        return result;
    }
}
