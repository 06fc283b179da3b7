package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.linear;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** An affine map of the last dimension. */
final class Linear {
    private final Tensor weight;
    private final TensorOptional bias;
    private final Layout layout;

    Linear(Tensor weight, TensorOptional bias, Layout layout) {
        this.weight = weight;
        this.bias = bias;
        this.layout = layout;
    }

    static Linear of(LinearSpec spec, Parameters parameters, Owned owned) {
        TensorOptional bias =
                spec.bias() == Bias.ADDED ? new TensorOptional(parameters.get(spec.biasName())) : new TensorOptional();
        return new Linear(parameters.get(spec.weightName()), owned.own(bias), spec.layout());
    }

    /** [..., inputs] to [..., outputs]. */
    Tensor apply(Tensor x) {
        return linear(x, layout == Layout.OUTPUTS_FIRST ? weight : weight.t(), bias);
    }
}
