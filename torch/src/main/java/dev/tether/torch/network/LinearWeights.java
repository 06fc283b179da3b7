package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Where affine maps take their weights from; a weight that is made anew belongs to the caller's scope. */
interface LinearWeights {
    /** In the layout of the map. */
    Tensor of(LinearSpec spec);

    /** Those of maps that lie side by side, as one; {@link SideBySide}. */
    Tensor of(List<LinearSpec> specs);
}
