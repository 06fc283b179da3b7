package dev.tether.torch;

import dev.tether.torch.engine.ComputeType;

/**
 * How a model directory is opened.
 *
 * @param microbatchSize sequences that go through the network at once; 0 = all of a call
 */
public record ModelSettings(ComputeType computeType, ValueKind value, int microbatchSize) {
    public ModelSettings {
        if (microbatchSize < 0) {
            throw new IllegalArgumentException(
                    "microbatch_size = " + microbatchSize + ", must be >= 0 (0 = all sequences at once)");
        }
    }

    public static ModelSettings inference() {
        return new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0);
    }
}
