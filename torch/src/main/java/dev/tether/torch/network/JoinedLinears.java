package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import dev.tether.torch.architecture.LinearSpec.Layout;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * Several affine maps of the same input. Their parameters lie side by side, so without gradients they are one product;
 * with gradients each is its own, for its own leaf tensor.
 */
final class JoinedLinears {
    private final List<Linear> single;
    private final Linear joined;
    private final int[] outputs;

    private JoinedLinears(List<Linear> single, Linear joined, int[] outputs) {
        this.single = single;
        this.joined = joined;
        this.outputs = outputs;
    }

    static JoinedLinears of(List<LinearSpec> specs, Parameters parameters, Owned owned) {
        List<Linear> single =
                specs.stream().map(spec -> Linear.of(spec, parameters, owned)).toList();
        boolean biased = specs.get(0).bias() == Bias.ADDED;
        TensorOptional bias = biased ? new TensorOptional(parameters.joined(biasNames(specs))) : new TensorOptional();
        Linear joined = new Linear(parameters.joined(weightNames(specs)), owned.own(bias), Layout.OUTPUTS_FIRST);
        return new JoinedLinears(
                single, joined, specs.stream().mapToInt(LinearSpec::outputs).toArray());
    }

    /** The groups of parameters that must lie side by side for {@code specs}. */
    static List<List<String>> groups(List<LinearSpec> specs) {
        List<List<String>> groups = new ArrayList<>();
        groups.add(weightNames(specs));
        if (specs.get(0).bias() == Bias.ADDED) {
            groups.add(biasNames(specs));
        }
        return groups;
    }

    private static List<String> weightNames(List<LinearSpec> specs) {
        return specs.stream().map(LinearSpec::weightName).toList();
    }

    private static List<String> biasNames(List<LinearSpec> specs) {
        return specs.stream().map(LinearSpec::biasName).toList();
    }

    /** One result [..., outputs] per map. */
    Tensor[] apply(Tensor x) {
        if (GradMode.is_enabled()) {
            return single.stream().map(linear -> linear.apply(x)).toArray(Tensor[]::new);
        }
        Tensor all = joined.apply(x);
        Tensor[] results = new Tensor[outputs.length];
        long first = 0;
        for (int i = 0; i < outputs.length; i++) {
            results[i] = all.narrow(-1, first, outputs[i]);
            first += outputs[i];
        }
        return results;
    }
}
