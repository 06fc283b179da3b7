package dev.tether.torch.engine;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The arithmetic a model runs in; weights stored in another type are converted when they are read. */
public enum ComputeType {
    FLOAT32(ScalarType.Float),
    /** For replays that are compared with a double-precision trace. */
    FLOAT64(ScalarType.Double);

    private final ScalarType scalarType;

    ComputeType(ScalarType scalarType) {
        this.scalarType = scalarType;
    }

    /** The compute type of tensors of {@code scalarType}. */
    public static ComputeType of(ScalarType scalarType) {
        for (ComputeType type : values()) {
            if (type.scalarType == scalarType.intern()) {
                return type;
            }
        }
        throw new IllegalArgumentException("scalar type " + scalarType + " is no compute type");
    }

    public ScalarType scalarType() {
        return scalarType;
    }
}
