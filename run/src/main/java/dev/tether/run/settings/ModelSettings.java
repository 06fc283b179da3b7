package dev.tether.run.settings;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * @param policy {@code builtin:NAME}, {@code hf:org/name}, or a Hugging Face model directory
 * @param reference as {@code policy}; empty = the policy as it was at the start
 * @param dtype of weights and arithmetic
 * @param value where the value function lives
 * @param device that computes: {@code cpu}, {@code cuda}, {@code cuda:N}
 */
public record ModelSettings(
        @Meaning("model to train: builtin:reviews, hf:org/name, or a Hugging Face model directory")
        String policy,

        @Meaning("frozen reference, as policy; null = the policy as it is at the start")
        Optional<String> reference,

        @Meaning("precision of weights and arithmetic: float32 | float64 | bfloat16 (only products are rounded)")
        Dtype dtype,

        @Meaning("value function: shared (a head on the policy's trunk) | separate (a network of its own)")
        Value value,

        @Meaning("what computes: cpu | cuda | cuda:N (cuda is refused as yet: docs/decisions/0017-gpu.md)")
        String device) {
    private static final Pattern DEVICES = Pattern.compile("cpu|cuda(:\\d{1,3})?");

    /** Precision of weights and arithmetic. */
    public enum Dtype {
        FLOAT32,
        FLOAT64,
        /** Products rounded to bfloat16; weights, logits and KL in float32. */
        BFLOAT16
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
        Require.that(
                device != null && DEVICES.matcher(device).matches(),
                "model.device",
                device == null ? "null" : "\"" + device + "\"",
                "cpu, cuda or cuda:N");
    }

    public static ModelSettings defaults() {
        return new ModelSettings("builtin:reviews", Optional.empty(), Dtype.FLOAT32, Value.SHARED, "cpu");
    }
}
