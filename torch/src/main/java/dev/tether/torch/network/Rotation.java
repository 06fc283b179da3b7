package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.cat;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * The rotary angles of some tokens: cosines and sines that broadcast over [B][L][heads][size]; the first half of the
 * sines is negated, so that a rotation is x · cos + swap(x) · sin with the halves of x swapped.
 */
record Rotation(Tensor cosines, Tensor signedSines) {
    /** Rotates queries or keys [B][L][heads][size or more]; values beyond {@code size} stay. */
    Tensor apply(Tensor x) {
        long size = cosines.size(-1);
        long beyond = x.size(-1) - size;
        if (beyond == 0) {
            return rotated(x);
        }
        return cat(new TensorVector(rotated(x.narrow(-1, 0, size)), x.narrow(-1, size, beyond)), -1);
    }

    private Tensor rotated(Tensor x) {
        Tensor swapped = x.roll(new long[] {x.size(-1) / 2}, -1);
        return x.mul(cosines).addcmul(swapped, signedSines);
    }
}
