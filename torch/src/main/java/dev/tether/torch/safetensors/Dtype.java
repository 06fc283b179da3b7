package dev.tether.torch.safetensors;

import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Element types of the safetensors format that libtorch can hold; each constant's name is its name in the file.
 *
 * <p>The order is that of the reference implementation (safetensors 0.6, {@code Dtype}), by width: files are laid out
 * from the last to the first, so that every tensor is aligned to its own element.
 */
public enum Dtype {
    BOOL(1, ScalarType.Bool),
    U8(1, ScalarType.Byte),
    I8(1, ScalarType.Char),
    F8_E5M2(1, ScalarType.Float8_e5m2),
    F8_E4M3(1, ScalarType.Float8_e4m3fn),
    F8_E8M0(1, ScalarType.Float8_e8m0fnu),
    I16(2, ScalarType.Short),
    U16(2, ScalarType.UInt16),
    F16(2, ScalarType.Half),
    BF16(2, ScalarType.BFloat16),
    I32(4, ScalarType.Int),
    U32(4, ScalarType.UInt32),
    F32(4, ScalarType.Float),
    C64(8, ScalarType.ComplexFloat),
    F64(8, ScalarType.Double),
    I64(8, ScalarType.Long),
    U64(8, ScalarType.UInt64);

    private final int bytes;
    private final ScalarType scalarType;

    Dtype(int bytes, ScalarType scalarType) {
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** The same type in libtorch's words. */
    public ScalarType scalarType() {
        return scalarType;
    }

    static Optional<Dtype> named(String name) {
        for (Dtype dtype : values()) {
            if (dtype.name().equals(name)) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }

    static Dtype of(ScalarType scalarType) {
        for (Dtype dtype : values()) {
            if (dtype.scalarType == scalarType.intern()) {
                return dtype;
            }
        }
        throw new IllegalArgumentException("scalar type " + scalarType + " has no name in the safetensors format");
    }
}
