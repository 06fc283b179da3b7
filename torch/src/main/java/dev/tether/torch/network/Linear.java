package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.linear;

import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.OneDnn;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** An affine map by a parameter as it is. */
final class Linear implements Affine {
    /** Weights from this size on gain more from oneDNN's threads than its call costs. */
    static final long WORTHWHILE = 1 << 15;

    private final Tensor weight;
    private final Tensor bias;
    private final TensorOptional optionalBias;
    private final Layout layout;
    private final boolean oneDnn;

    /** @param bias null for none */
    Linear(Tensor weight, Tensor bias, Layout layout, Owned owned) {
        this.weight = weight;
        this.bias = bias;
        this.optionalBias = owned.own(bias == null ? new TensorOptional() : new TensorOptional(bias));
        this.layout = layout;
        this.oneDnn = layout == Layout.OUTPUTS_FIRST
                && weight.numel() >= WORTHWHILE
                && OneDnn.supports(ComputeType.of(weight.scalar_type()));
    }

    @Override
    public Tensor apply(Tensor x) {
        if (oneDnn && !GradMode.is_enabled()) {
            return OneDnn.linear(x, weight, bias);
        }
        return linear(x, layout == Layout.OUTPUTS_FIRST ? weight : weight.t(), optionalBias);
    }
}
