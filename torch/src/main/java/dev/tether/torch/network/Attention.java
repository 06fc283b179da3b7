package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;

import dev.tether.torch.architecture.AttentionSpec;
import dev.tether.torch.architecture.AttentionSpec.Fused;
import dev.tether.torch.architecture.AttentionSpec.FusedOrder;
import dev.tether.torch.architecture.AttentionSpec.HeadNorms;
import dev.tether.torch.architecture.AttentionSpec.Heads;
import dev.tether.torch.architecture.LinearSpec;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;

/** Causal self-attention of one layer. */
final class Attention {
    private final Heads heads;
    private final int layer;
    /** Queries, keys and values, each [B][L][heads][size]. */
    private final Function<Tensor, Tensor[]> input;
    /** Null without. */
    private final Norm queryNorm;

    private final Norm keyNorm;
    private final Affine output;
    private final DoubleOptional defaultScale;

    Attention(AttentionSpec spec, int layer, Affines affines, Norms norms, Owned owned) {
        this.heads = spec.heads();
        this.layer = layer;
        this.input = spec.input() instanceof Fused fused
                ? fused(fused, affines)
                : separate(spec.input().linears(), affines);
        this.queryNorm = spec.headNorms().map(HeadNorms::query).map(norms::of).orElse(null);
        this.keyNorm = spec.headNorms().map(HeadNorms::key).map(norms::of).orElse(null);
        this.output = affines.single(spec.output());
        this.defaultScale = owned.own(new DoubleOptional());
    }

    /** [B][L][width] to [B][L][width]. */
    Tensor apply(Tensor x, Sight sight) {
        long rows = x.size(0);
        long tokens = x.size(1);
        Tensor[] projected = input.apply(x);
        Tensor query = rotated(normed(projected[0], queryNorm), sight);
        Tensor key = rotated(normed(projected[1], keyNorm), sight).transpose(1, 2);
        Tensor value = projected[2].transpose(1, 2);
        if (sight.cache() != null) {
            key = sight.reached(sight.cache().appendKeys(layer, key));
            value = sight.reached(sight.cache().appendValues(layer, value));
        }
        Tensor mixed = tokens == 1 ? mixedForOne(query, key, value, sight) : mixed(query, key, value, sight);
        return output.apply(mixed.reshape(rows, tokens, heads.querySize()));
    }

    /** [B][T][heads][size]. */
    private Tensor mixed(Tensor query, Tensor key, Tensor value, Sight sight) {
        boolean grouped = heads.query() != heads.key();
        boolean causal = sight.order() == Sight.Order.CAUSAL;
        return scaled_dot_product_attention(
                        query.transpose(1, 2), key, value, sight.mask(), 0, causal, defaultScale, grouped)
                .transpose(1, 2);
    }

    /** One token a row sees all keys, so the heads that share keys are like as many tokens of one head. */
    private Tensor mixedForOne(Tensor query, Tensor key, Tensor value, Sight sight) {
        int shared = heads.query() / heads.key();
        Tensor grouped = query.reshape(query.size(0), heads.key(), shared, heads.size());
        return scaled_dot_product_attention(grouped, key, value, sight.mask(), 0, false, defaultScale, false);
    }

    private Function<Tensor, Tensor[]> separate(List<LinearSpec> linears, Affines affines) {
        Affine.Several maps = affines.several(linears);
        return x -> {
            Tensor[] all = maps.apply(x);
            return new Tensor[] {byHead(all[0], heads.query()), byHead(all[1], heads.key()), byHead(all[2], heads.key())
            };
        };
    }

    private Function<Tensor, Tensor[]> fused(Fused spec, Affines affines) {
        Affine map = affines.single(spec.queryKeyValue());
        return spec.order() == FusedOrder.BY_KIND ? x -> partsByKind(map.apply(x)) : x -> partsByHead(map.apply(x));
    }

    private Tensor[] partsByKind(Tensor all) {
        long query = heads.querySize();
        long key = heads.keySize();
        return new Tensor[] {
            byHead(all.narrow(-1, 0, query), heads.query()),
            byHead(all.narrow(-1, query, key), heads.key()),
            byHead(all.narrow(-1, query + key, key), heads.key())
        };
    }

    private Tensor[] partsByHead(Tensor all) {
        Tensor parts = all.view(all.size(0), all.size(1), heads.query(), 3, heads.size());
        return new Tensor[] {parts.select(3, 0), parts.select(3, 1), parts.select(3, 2)};
    }

    private Tensor byHead(Tensor projected, int count) {
        return projected.view(projected.size(0), projected.size(1), count, heads.size());
    }

    private static Tensor normed(Tensor x, Norm norm) {
        return norm == null ? x : norm.apply(x);
    }

    private static Tensor rotated(Tensor x, Sight sight) {
        return sight.rotation() == null ? x : sight.rotation().apply(x);
    }
}
