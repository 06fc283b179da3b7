package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.engine.ComputeType;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Affine maps by the leaf parameters themselves. Maps of the same input are one product without gradients; with
 * gradients each is its own, for its own leaf.
 */
final class LeafAffines implements Affines {
    private final Parameters parameters;
    private final ComputeType computeType;
    private final Owned owned;

    LeafAffines(Parameters parameters, ComputeType computeType, Owned owned) {
        this.parameters = parameters;
        this.computeType = computeType;
        this.owned = owned;
    }

    @Override
    public Affine single(LinearSpec spec) {
        Tensor bias = spec.bias() == Bias.ADDED ? parameters.get(spec.biasName()) : null;
        return of(parameters.get(spec.weightName()), bias, spec.layout());
    }

    @Override
    public Affine.Several several(List<LinearSpec> specs) {
        List<Affine> each = specs.stream().map(this::single).toList();
        Tensor bias = SideBySide.biased(specs) ? parameters.joined(SideBySide.biasNames(specs)) : null;
        Tensor weight = parameters.joined(SideBySide.weightNames(specs));
        Affine all = of(weight, bias, Layout.OUTPUTS_FIRST);
        return x -> GradMode.is_enabled()
                ? each.stream().map(affine -> affine.apply(x)).toArray(Tensor[]::new)
                : SideBySide.split(all.apply(x), specs);
    }

    private Affine of(Tensor weight, Tensor bias, Layout layout) {
        return computeType == ComputeType.BFLOAT16 && weight.numel() >= Linear.WORTHWHILE
                ? new RoundedLinear(weight, bias, layout)
                : new Linear(weight, bias, layout, owned);
    }
}
