package dev.tether.torch.network;

import dev.tether.torch.network.ResponsePass.EntropyGradient;

/**
 * What a loss wants to know of the policy's distributions.
 *
 * @param temperature divides the logits, the reference's too; finite and &gt; 0
 * @param entropy whether its gradient is wanted
 * @param reference of the policy's vocabulary and number type, whose KL is wanted; null = none
 */
public record TokenReading(double temperature, EntropyGradient entropy, CausalLm reference) {
    public TokenReading {
        if (!(temperature > 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("temperature = " + temperature + ", must be finite and > 0");
        }
    }

    /** Without a reference. */
    public TokenReading(double temperature, EntropyGradient entropy) {
        this(temperature, entropy, null);
    }
}
