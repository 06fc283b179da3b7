package dev.tether.torch.architecture;

import java.util.Arrays;

/**
 * One named parameter tensor.
 *
 * @param initial how it starts when a model is made from nothing
 */
public record ParameterSpec(String name, long[] shape, Initial initial) {
    /** Starting values of a fresh model. */
    public enum Initial {
        /** Normal with mean 0 and the configuration's initializer_range. */
        NORMAL,
        ONES,
        ZEROS
    }

    public ParameterSpec {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ParameterSpec spec
                && name.equals(spec.name)
                && Arrays.equals(shape, spec.shape)
                && initial == spec.initial;
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape);
    }
}
