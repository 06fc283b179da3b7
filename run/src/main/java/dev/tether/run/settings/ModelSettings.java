package dev.tether.run.settings;

import java.util.Optional;

/**
 * @param policy {@code builtin:NAME}, {@code hf:org/name}, or a Hugging Face model directory
 * @param reference as {@code policy}; empty = the policy as it was at the start
 * @param dtype of weights and arithmetic
 * @param value where the value function lives
 */
public record ModelSettings(
        @Meaning("model to train: builtin:reviews, hf:org/name, or a Hugging Face model directory")
        String policy,

        @Meaning("frozen reference, as policy; null = the policy as it is at the start")
        Optional<String> reference,

        @Meaning("precision of weights and arithmetic: float32 | float64")
        Dtype dtype,

        @Meaning("value function: shared (a head on the policy's trunk) | separate (a network of its own)")
        Value value) {

    /** Precision of weights and arithmetic. */
    public enum Dtype {
        FLOAT32,
        FLOAT64
    }

    /** Where the value function lives. */
    public enum Value {
        /** A linear head on the policy's own last hidden state. */
        SHARED,
        /** A copy of the policy's network with a linear head. */
        SEPARATE
    }

    public ModelSettings {
        Require.text("model.policy", policy);
        Require.present("model.reference", reference);
        reference.ifPresent(name -> Require.text("model.reference", name));
        Require.present("model.dtype", dtype);
        Require.present("model.value", value);
    }

    public static ModelSettings defaults() {
        return new ModelSettings("builtin:reviews", Optional.empty(), Dtype.FLOAT32, Value.SHARED);
    }
}
