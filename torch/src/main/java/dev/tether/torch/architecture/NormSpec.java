package dev.tether.torch.architecture;

import dev.tether.torch.architecture.ParameterSpec.Initial;
import java.util.List;

/** A normalisation over the last {@code size} values, stored as {@code name.weight} (and {@code name.bias}). */
public record NormSpec(String name, Kind kind, int size, double epsilon) {
    /** Which normalisation. */
    public enum Kind {
        /** x / rms(x) · weight; no bias. */
        RMS,
        /** (x − mean) / deviation · weight + bias. */
        LAYER
    }

    public String weightName() {
        return name + ".weight";
    }

    public String biasName() {
        return name + ".bias";
    }

    List<ParameterSpec> parameters() {
        long[] shape = {size};
        ParameterSpec weight = new ParameterSpec(weightName(), shape, Initial.ONES);
        return kind == Kind.RMS
                ? List.of(weight)
                : List.of(weight, new ParameterSpec(biasName(), shape, Initial.ZEROS));
    }
}
