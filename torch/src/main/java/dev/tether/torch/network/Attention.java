package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;

import dev.tether.torch.architecture.AttentionSpec;
import dev.tether.torch.architecture.LinearSpec;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;

/** Causal self-attention of one layer. */
final class Attention {
    private final AttentionSpec spec;
    private final int layer;
    private final Affine.Several separate;
    private final Affine fused;
    private final Affine output;
    private final DoubleOptional defaultScale;

    Attention(AttentionSpec spec, int layer, Affines affines, Owned owned) {
        this.spec = spec;
        this.layer = layer;
        List<LinearSpec> input = spec.input().linears();
        this.separate = input.size() > 1 ? affines.several(input) : null;
        this.fused = input.size() == 1 ? affines.single(input.get(0)) : null;
        this.output = affines.single(spec.output());
        this.defaultScale = owned.own(new DoubleOptional());
    }

    /** [B][L][width] to [B][L][width]. */
    Tensor apply(Tensor x, Sight sight) {
        long rows = x.size(0);
        long tokens = x.size(1);
        Tensor[] projected = project(x);
        Tensor query = rotated(heads(projected[0], spec.heads()), sight).transpose(1, 2);
        Tensor key = rotated(heads(projected[1], spec.keyHeads()), sight).transpose(1, 2);
        Tensor value = heads(projected[2], spec.keyHeads()).transpose(1, 2);
        if (sight.cache() != null) {
            key = sight.cache().appendKeys(layer, key);
            value = sight.cache().appendValues(layer, value);
        }
        boolean grouped = spec.heads() != spec.keyHeads();
        boolean causal = sight.order() == Sight.Order.CAUSAL;
        Tensor mixed = scaled_dot_product_attention(query, key, value, sight.mask(), 0, causal, defaultScale, grouped);
        return output.apply(mixed.transpose(1, 2).reshape(rows, tokens, spec.querySize()));
    }

    /** Queries, keys and values, each [B][L][heads · size]. */
    private Tensor[] project(Tensor x) {
        if (separate != null) {
            return separate.apply(x);
        }
        Tensor all = fused.apply(x);
        return new Tensor[] {
            all.narrow(-1, 0, spec.querySize()),
            all.narrow(-1, spec.querySize(), spec.keySize()),
            all.narrow(-1, spec.querySize() + spec.keySize(), spec.keySize())
        };
    }

    private Tensor heads(Tensor projected, int heads) {
        return projected.view(projected.size(0), projected.size(1), heads, spec.headSize());
    }

    private static Tensor rotated(Tensor x, Sight sight) {
        return sight.rotation() == null ? x : sight.rotation().apply(x);
    }
}
