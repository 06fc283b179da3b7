package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/** The head of a model as it is at one moment, its weights copied and laid out once for many products with few rows. */
public final class PackedHead implements AutoCloseable {
    private final Owned owned;
    private final Affine head;

    PackedHead(Owned owned, Affine head) {
        this.owned = owned;
        this.head = head;
    }

    /** Logits [n][V] of hidden states [n][width], without gradients, in the caller's scope. */
    public Tensor logits(Tensor hidden) {
        return head.apply(hidden);
    }

    @Override
    public void close() {
        owned.close();
    }
}
