package dev.tether.torch.architecture;

import dev.tether.torch.architecture.ParameterSpec.Initial;
import java.util.List;

/**
 * An affine map, stored as {@code name.weight} and, with a bias, {@code name.bias}.
 *
 * @param layout how the weight lies on disk and in memory
 */
public record LinearSpec(String name, int inputs, int outputs, Layout layout, Bias bias) {
    /** The order of a weight's two dimensions. */
    public enum Layout {
        /** [outputs][inputs], as torch's Linear. */
        OUTPUTS_FIRST,
        /** [inputs][outputs], as GPT-2's Conv1D. */
        INPUTS_FIRST
    }

    /** Whether something is added after the product. */
    public enum Bias {
        NONE,
        ADDED;

        public static Bias addedIf(boolean added) {
            return added ? ADDED : NONE;
        }
    }

    public String weightName() {
        return name + ".weight";
    }

    public String biasName() {
        return name + ".bias";
    }

    /** Weight, and bias where there is one. */
    public List<ParameterSpec> parameters() {
        long[] shape = layout == Layout.OUTPUTS_FIRST ? new long[] {outputs, inputs} : new long[] {inputs, outputs};
        ParameterSpec weight = new ParameterSpec(weightName(), shape, Initial.NORMAL);
        return bias == Bias.NONE
                ? List.of(weight)
                : List.of(weight, new ParameterSpec(biasName(), new long[] {outputs}, Initial.ZEROS));
    }
}
