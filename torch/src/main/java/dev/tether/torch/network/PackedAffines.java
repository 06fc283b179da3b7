package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.OneDnn;
import dev.tether.torch.engine.Scoped;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Affine maps by copies of the weights that are laid out once for many products with few rows, where that is
 * worthwhile. The copies do not see later changes of the parameters.
 */
final class PackedAffines implements Affines {
    private final Parameters parameters;
    private final Owned owned;
    private final ComputeType computeType;
    private final long rows;

    /** @param rows that a product usually has */
    PackedAffines(Parameters parameters, Owned owned, ComputeType computeType, long rows) {
        this.parameters = parameters;
        this.owned = owned;
        this.computeType = computeType;
        this.rows = rows;
    }

    @Override
    public Affine single(LinearSpec spec) {
        Tensor bias = spec.bias() == Bias.ADDED ? parameters.get(spec.biasName()) : null;
        return of(parameters.get(spec.weightName()), bias, spec.layout());
    }

    @Override
    public Affine.Several several(List<LinearSpec> specs) {
        Tensor bias = SideBySide.biased(specs) ? parameters.joined(SideBySide.biasNames(specs)) : null;
        Affine all = of(parameters.joined(SideBySide.weightNames(specs)), bias, Layout.OUTPUTS_FIRST);
        return x -> SideBySide.split(all.apply(x), specs);
    }

    /** @param bias null for none */
    Affine of(Tensor weight, Tensor bias, Layout layout) {
        if (weight.numel() < Linear.WORTHWHILE || !OneDnn.supports(computeType)) {
            return new Linear(weight, bias, layout, owned);
        }
        Tensor packed = Scoped.keep(() -> {
            Tensor outputsFirst = layout == Layout.OUTPUTS_FIRST ? weight : weight.t();
            return OneDnn.pack(outputsFirst.detach().contiguous(), rows);
        });
        owned.own(packed);
        packed.close(); // owned holds it now
        return x -> OneDnn.linear(x, packed, bias);
    }
}
