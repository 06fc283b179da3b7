package dev.tether.torch.engine;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The arithmetic a model runs in; weights stored in another type are converted when they are read. */
public enum ComputeType {
    FLOAT32(ScalarType.Float),
    /** For replays that are compared with a double-precision trace. */
    FLOAT64(ScalarType.Double),
    /**
     * The trunk's matrix products, and the backward pass of the head, multiply numbers rounded to bfloat16; weights,
     * sums, norms, attention, logits and gradients stay float32. Twice as many products a second where the processor
     * has instructions for it, slower where it has none.
     */
    BFLOAT16(ScalarType.Float);

    private final ScalarType scalarType;

    ComputeType(ScalarType scalarType) {
        this.scalarType = scalarType;
    }

    /** The compute type whose every number is of {@code scalarType}. */
    public static ComputeType of(ScalarType scalarType) {
        for (ComputeType type : new ComputeType[] {FLOAT32, FLOAT64}) {
            if (type.scalarType == scalarType.intern()) {
                return type;
            }
        }
        throw new IllegalArgumentException("scalar type " + scalarType + " is no compute type");
    }

    /** Of weights, hidden states and whatever comes of them. */
    public ScalarType scalarType() {
        return scalarType;
    }
}
