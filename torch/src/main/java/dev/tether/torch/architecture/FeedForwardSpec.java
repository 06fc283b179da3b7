package dev.tether.torch.architecture;

import java.util.ArrayList;
import java.util.List;

/** The feed-forward half of a block. */
public sealed interface FeedForwardSpec {
    Activation activation();

    List<LinearSpec> linears();

    default List<ParameterSpec> parameters() {
        List<ParameterSpec> all = new ArrayList<>();
        linears().forEach(linear -> all.addAll(linear.parameters()));
        return all;
    }

    /** down(activation(gate(x)) · up(x)). */
    record Gated(LinearSpec gate, LinearSpec up, LinearSpec down, Activation activation) implements FeedForwardSpec {
        @Override
        public List<LinearSpec> linears() {
            return List.of(gate, up, down);
        }
    }

    /** down(activation(up(x))). */
    record Plain(LinearSpec up, LinearSpec down, Activation activation) implements FeedForwardSpec {
        @Override
        public List<LinearSpec> linears() {
            return List.of(up, down);
        }
    }
}
