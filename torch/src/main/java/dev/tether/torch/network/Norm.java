package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.rms_norm;

import dev.tether.torch.architecture.NormSpec;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** Normalisation of the last dimension. */
final class Norm {
    private final NormSpec spec;
    private final long[] shape;
    private final TensorOptional weight;
    private final TensorOptional bias;
    private final DoubleOptional epsilon;

    Norm(NormSpec spec, Parameters parameters, Owned owned) {
        this.spec = spec;
        this.shape = new long[] {spec.size()};
        this.weight = owned.own(new TensorOptional(parameters.get(spec.weightName())));
        this.bias = owned.own(
                spec.kind() == NormSpec.Kind.LAYER
                        ? new TensorOptional(parameters.get(spec.biasName()))
                        : new TensorOptional());
        this.epsilon = owned.own(new DoubleOptional(spec.epsilon()));
    }

    Tensor apply(Tensor x) {
        return switch (spec.kind()) {
            case RMS -> rms_norm(x, shape, weight, epsilon);
            case LAYER -> layer_norm(x, shape, weight, bias, spec.epsilon(), false);
        };
    }
}
