package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import java.util.List;

/** Makes the affine maps of a decoder from its parameters: for training, or packed for many small products. */
interface Affines {
    Affine single(LinearSpec spec);

    Affine.Several several(List<LinearSpec> specs);
}
