package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Affine maps and, beside each that has one, its low-rank adapter. */
record AdaptedAffines(Affines plain, LowRank adapter) implements Affines {
    @Override
    public Affine single(LinearSpec spec) {
        Affine map = plain.single(spec);
        return x -> adapter.adapted(spec, x, map.apply(x));
    }

    @Override
    public Affine.Several several(List<LinearSpec> specs) {
        Affine.Several maps = plain.several(specs);
        return x -> {
            Tensor[] all = maps.apply(x);
            for (int i = 0; i < all.length; i++) {
                all[i] = adapter.adapted(specs.get(i), x, all[i]);
            }
            return all;
        };
    }
}
