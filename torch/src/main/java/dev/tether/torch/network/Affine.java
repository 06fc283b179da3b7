package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/** An affine map of the last dimension: [..., inputs] to [..., outputs], in the caller's scope. */
interface Affine {
    Tensor apply(Tensor x);

    /** Several affine maps of the same input; one result each. */
    interface Several {
        Tensor[] apply(Tensor x);
    }
}
