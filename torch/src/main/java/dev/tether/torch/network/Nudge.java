package dev.tether.torch.network;

import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained weight and the size of a change that is as large as what it changes.
 *
 * @param weight live
 * @param size root mean square of such a change; ≥ 0
 */
public record Nudge(Tensor weight, double size) {
    /** Of a weight that stands for itself: as large as the weight. */
    static Nudge of(Tensor weight) {
        return new Nudge(weight, rootMeanSquare(weight));
    }

    static double rootMeanSquare(Tensor weight) {
        return Scoped.computeWithoutGradients(() -> weight.norm().item_double() / Math.sqrt(weight.numel()));
    }
}
