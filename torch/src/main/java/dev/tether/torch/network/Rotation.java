package dev.tether.torch.network;

import org.bytedeco.pytorch.Tensor;

/**
 * The rotary angles of some tokens: cosines and sines that broadcast over [B][L][heads][size]; the first half of the
 * sines is negated, so that a rotation is x · cos + swap(x) · sin with the halves of x swapped.
 */
record Rotation(Tensor cosines, Tensor signedSines) {
    /** Rotates queries or keys [B][L][heads][size]. */
    Tensor apply(Tensor x) {
        Tensor swapped = x.roll(new long[] {x.size(-1) / 2}, -1);
        return x.mul(cosines).addcmul(swapped, signedSines);
    }
}
