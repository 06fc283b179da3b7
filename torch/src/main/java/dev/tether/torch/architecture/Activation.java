package dev.tether.torch.architecture;

import java.util.Map;

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

    /** The activation that {@code key} names, or {@code otherwise} where it is missing. */
    static Activation read(ConfigFile config, String key, String otherwise) {
        Activation named = BY_NAME.get(config.text(key).orElse(otherwise));
        if (named == null) {
            throw config.wrong(
                    key,
                    "is not supported; supported: "
                            + String.join(
                                    ", ", BY_NAME.keySet().stream().sorted().toList()));
        }
        return named;
    }
}
