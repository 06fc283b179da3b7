package dev.tether.torch.engine;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.core.kl.ResponseMask;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The border of this room: Java arrays become tensors and back. Tensors go to the caller's scope. */
public final class HostArrays {
    private HostArrays() {}

    /** A vector of {@code type}. */
    public static Tensor vector(double[] values, ScalarType type) {
        return Scoped.handOver(() -> {
            Tensor tensor = zeros(new long[] {values.length}, new TensorOptions(ScalarType.Double));
            try (DoublePointer data = tensor.data_ptr_double()) {
                data.put(values);
            }
            return tensor.to(type);
        });
    }

    /** [B][T] of {@code type}; 0 where the mask does not count, whatever the array holds there. */
    public static Tensor counted(double[][] values, ResponseMask mask, ScalarType type) {
        int width = width(mask);
        double[] flat = new double[values.length * width];
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                flat[b * width + t] = mask.counts(b, t) ? values[b][t] : 0;
            }
        }
        return Scoped.handOver(() -> vector(flat, type).view(values.length, width));
    }

    /** [B][T], 1 where the mask counts and 0 elsewhere. */
    public static Tensor ones(ResponseMask mask, ScalarType type) {
        double[][] ones = new double[mask.sequences()][];
        for (int b = 0; b < ones.length; b++) {
            ones[b] = new double[mask.width(b)];
            Arrays.fill(ones[b], 1);
        }
        return counted(ones, mask, type);
    }

    private static int width(ResponseMask mask) {
        int width = 0;
        for (int b = 0; b < mask.sequences(); b++) {
            width = Math.max(width, mask.width(b));
        }
        return width;
    }

    /** All elements in row-major order, whatever the tensor's type and layout. */
    public static double[] doubles(Tensor tensor) {
        return Scoped.computeWithoutGradients(() -> {
            double[] values = new double[Math.toIntExact(tensor.numel())];
            tensor.to(ScalarType.Double).contiguous().data_ptr_double().get(values);
            return values;
        });
    }

    /** The rows of a matrix. */
    public static double[][] rows(Tensor matrix) {
        double[] flat = doubles(matrix);
        int width = Math.toIntExact(matrix.size(1));
        double[][] rows = new double[Math.toIntExact(matrix.size(0))][];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = Arrays.copyOfRange(flat, b * width, (b + 1) * width);
        }
        return rows;
    }
}
