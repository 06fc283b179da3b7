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
    private final Linear down;

    FeedForward(FeedForwardSpec spec, Parameters parameters, Owned owned) {
        Activation activation = spec.activation();
        if (spec instanceof Gated gated) {
            JoinedLinears gateAndUp = JoinedLinears.of(List.of(gated.gate(), gated.up()), parameters, owned);
            inner = x -> {
                Tensor[] both = gateAndUp.apply(x);
                return activate(activation, both[0]).mul(both[1]);
            };
            down = Linear.of(gated.down(), parameters, owned);
        } else {
            Plain plain = (Plain) spec;
            Linear up = Linear.of(plain.up(), parameters, owned);
            inner = x -> activate(activation, up.apply(x));
            down = Linear.of(plain.down(), parameters, owned);
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
