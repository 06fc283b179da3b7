package dev.tether.torch;

import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.optim.OptimizerSettings;

/**
 * How a model directory is opened.
 *
 * @param microbatchSize sequences that go through the network at once; 0 = all of a call
 * @param optimizer how a policy learns; not read by a model that is never updated
 */
public record ModelSettings(ComputeType computeType, ValueKind value, int microbatchSize, OptimizerSettings optimizer) {
    public ModelSettings {
        if (microbatchSize < 0) {
            throw new IllegalArgumentException(
                    "microbatch_size = " + microbatchSize + ", must be >= 0 (0 = all sequences at once)");
        }
    }

    /** With the optimiser's defaults. */
    public ModelSettings(ComputeType computeType, ValueKind value, int microbatchSize) {
        this(computeType, value, microbatchSize, OptimizerSettings.defaults());
    }

    public static ModelSettings inference() {
        return new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0);
    }
}
