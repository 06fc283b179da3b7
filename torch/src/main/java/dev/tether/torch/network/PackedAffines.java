package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.OneDnn;
import dev.tether.torch.engine.Scoped;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Affine maps by copies of the weights that are laid out once for many products with few rows, where that is
 * worthwhile. The copies do not see later changes of the parameters.
 */
final class PackedAffines implements Affines {
    private final Parameters parameters;
    private final LinearWeights weights;
    private final ComputeType computeType;
    private final Owned owned;
    private final long rows;

    /**
     * @param parameters that hold the biases
     * @param rows that a product usually has
     */
    PackedAffines(Parameters parameters, LinearWeights weights, ComputeType computeType, Owned owned, long rows) {
        this.parameters = parameters;
        this.weights = weights;
        this.computeType = computeType;
        this.owned = owned;
        this.rows = rows;
    }

    @Override
    public Affine single(LinearSpec spec) {
        Tensor bias = spec.bias() == Bias.ADDED ? parameters.get(spec.biasName()) : null;
        return Scoped.compute(() -> of(weights.of(spec), bias, spec.layout()));
    }

    @Override
    public Affine.Several several(List<LinearSpec> specs) {
        Tensor bias = SideBySide.biased(specs) ? parameters.joined(SideBySide.biasNames(specs)) : null;
        Affine all = Scoped.compute(() -> of(weights.of(specs), bias, Layout.OUTPUTS_FIRST));
        return x -> SideBySide.split(all.apply(x), specs);
    }

    /** @param bias null for none */
    private Affine of(Tensor weight, Tensor bias, Layout layout) {
        if (computeType != ComputeType.BFLOAT16 || !isPacked(weight)) {
            return exact(weight, bias, layout);
        }
        Tensor packed = packed(weight, layout, ScalarType.BFloat16);
        return x -> RoundedLinear.widened(OneDnn.linear(x.to(ScalarType.BFloat16), packed, null), x, bias);
    }

    /** A map in the number type of its weight. */
    Affine exact(Tensor weight, Tensor bias, Layout layout) {
        if (!isPacked(weight)) {
            return new Linear(owned.own(weight), bias, layout, owned);
        }
        Tensor packed = packed(weight, layout, weight.scalar_type());
        return x -> OneDnn.linear(x, packed, bias);
    }

    private static boolean isPacked(Tensor weight) {
        return weight.numel() >= Linear.WORTHWHILE && OneDnn.supports(ComputeType.of(weight.scalar_type()));
    }

    private Tensor packed(Tensor weight, Layout layout, ScalarType type) {
        Tensor packed = Scoped.keep(() -> {
            Tensor outputsFirst = layout == Layout.OUTPUTS_FIRST ? weight : weight.t();
            return OneDnn.pack(outputsFirst.detach().to(type).contiguous(), rows);
        });
        owned.own(packed);
        packed.close(); // owned holds it now
        return packed;
    }
}
