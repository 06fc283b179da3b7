package dev.tether.torch.architecture;

import java.util.Map;
import java.util.Optional;

/** The non-linearity of a feed-forward block. */
public enum Activation {
    /** x · sigmoid(x). */
    SILU,
    /** x · Φ(x), exact. */
    GELU,
    /** The tanh approximation of GELU. */
    GELU_TANH,
    RELU;

    private static final Map<String, Activation> BY_NAME = Map.of(
            "silu", SILU,
            "swish", SILU,
            "gelu", GELU,
            "gelu_new", GELU_TANH,
            "gelu_fast", GELU_TANH,
            "gelu_pytorch_tanh", GELU_TANH,
            "relu", RELU);

    /** The activation that Hugging Face configurations call {@code name}. */
    public static Optional<Activation> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** All names {@link #named} knows, sorted, for messages. */
    public static String names() {
        return String.join(", ", BY_NAME.keySet().stream().sorted().toList());
    }
}
