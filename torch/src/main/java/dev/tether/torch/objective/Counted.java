package dev.tether.torch.objective;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Masked [B][T] arrays as tensors, in the caller's scope. */
final class Counted {
    private Counted() {}

    /** 0 where the mask does not count, whatever the array holds there. */
    static Tensor of(double[][] values, ResponseMask mask, ScalarType type) {
        int width = width(mask);
        double[] flat = new double[values.length * width];
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                flat[b * width + t] = mask.counts(b, t) ? values[b][t] : 0;
            }
        }
        return Tensors.of(flat, type, values.length, width);
    }

    /** 1 where the mask counts. */
    static Tensor ones(ResponseMask mask, ScalarType type) {
        int width = width(mask);
        double[] flat = new double[mask.sequences() * width];
        for (int b = 0; b < mask.sequences(); b++) {
            for (int t = 0; t < mask.width(b); t++) {
                flat[b * width + t] = mask.counts(b, t) ? 1 : 0;
            }
        }
        return Tensors.of(flat, type, mask.sequences(), width);
    }

    /** [N]: the counted values only, sequence by sequence and token by token. */
    static Tensor only(double[][] values, ResponseMask mask, ScalarType type) {
        double[] counted = new double[Math.toIntExact(mask.counted())];
        int next = 0;
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                if (mask.counts(b, t)) {
                    counted[next++] = values[b][t];
                }
            }
        }
        return Tensors.of(counted, type, counted.length);
    }

    private static int width(ResponseMask mask) {
        int width = 0;
        for (int b = 0; b < mask.sequences(); b++) {
            width = Math.max(width, mask.width(b));
        }
        return width;
    }
}
