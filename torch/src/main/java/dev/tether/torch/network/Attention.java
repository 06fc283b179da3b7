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
        Tensor query = rotated(heads(projected[0], spec.heads()), sight);
        Tensor key = rotated(heads(projected[1], spec.keyHeads()), sight).transpose(1, 2);
        Tensor value = heads(projected[2], spec.keyHeads()).transpose(1, 2);
        if (sight.cache() != null) {
            key = sight.cache().appendKeys(layer, key);
            value = sight.cache().appendValues(layer, value);
        }
        Tensor mixed = tokens == 1 ? mixedForOne(query, key, value, sight) : mixed(query, key, value, sight);
        return output.apply(mixed.reshape(rows, tokens, spec.querySize()));
    }

    /** [B][T][heads][size]. */
    private Tensor mixed(Tensor query, Tensor key, Tensor value, Sight sight) {
        boolean grouped = spec.heads() != spec.keyHeads();
        boolean causal = sight.order() == Sight.Order.CAUSAL;
        return scaled_dot_product_attention(
                        query.transpose(1, 2), key, value, sight.mask(), 0, causal, defaultScale, grouped)
                .transpose(1, 2);
    }

    /** One token a row sees all keys, so the heads that share keys are like as many tokens of one head. */
    private Tensor mixedForOne(Tensor query, Tensor key, Tensor value, Sight sight) {
        int shared = spec.heads() / spec.keyHeads();
        Tensor grouped = query.reshape(query.size(0), spec.keyHeads(), shared, spec.headSize());
        return scaled_dot_product_attention(grouped, key, value, sight.mask(), 0, false, defaultScale, false);
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
