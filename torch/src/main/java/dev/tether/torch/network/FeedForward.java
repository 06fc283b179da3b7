package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.silu;

import dev.tether.torch.architecture.Activation;
import dev.tether.torch.architecture.FeedForwardSpec;
import dev.tether.torch.architecture.FeedForwardSpec.Gated;
import dev.tether.torch.architecture.FeedForwardSpec.Plain;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** The feed-forward half of one layer. */
final class FeedForward {
    private final UnaryOperator<Tensor> inner;
    private final Affine down;

    FeedForward(FeedForwardSpec spec, Affines affines) {
        Activation activation = spec.activation();
        if (spec instanceof Gated gated) {
            Affine.Several gateAndUp = affines.several(List.of(gated.gate(), gated.up()));
            inner = x -> {
                Tensor[] both = gateAndUp.apply(x);
                return activate(activation, both[0]).mul(both[1]);
            };
            down = affines.single(gated.down());
        } else {
            Plain plain = (Plain) spec;
            Affine up = affines.single(plain.up());
            inner = x -> activate(activation, up.apply(x));
            down = affines.single(plain.down());
        }
    }

    Tensor apply(Tensor x) {
        return down.apply(inner.apply(x));
    }

    private static Tensor activate(Activation activation, Tensor x) {
        return switch (activation) {
            case SILU -> silu(x);
            case GELU -> gelu(x, "none");
            case GELU_TANH -> gelu(x, "tanh");
            case RELU -> relu(x);
        };
    }
}
