package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Bias;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Affine maps of the same input, whose parameters lie side by side in memory. */
final class SideBySide {
    private SideBySide() {}

    /** The groups of parameters that must lie side by side for {@code specs}. */
    static List<List<String>> groups(List<LinearSpec> specs) {
        List<List<String>> groups = new ArrayList<>();
        groups.add(weightNames(specs));
        if (biased(specs)) {
            groups.add(biasNames(specs));
        }
        return groups;
    }

    static List<String> weightNames(List<LinearSpec> specs) {
        return specs.stream().map(LinearSpec::weightName).toList();
    }

    static List<String> biasNames(List<LinearSpec> specs) {
        return specs.stream().map(LinearSpec::biasName).toList();
    }

    static boolean biased(List<LinearSpec> specs) {
        return specs.get(0).bias() == Bias.ADDED;
    }

    /** The outputs of each map, out of those of all. */
    static Tensor[] split(Tensor all, List<LinearSpec> specs) {
        Tensor[] results = new Tensor[specs.size()];
        long first = 0;
        for (int i = 0; i < results.length; i++) {
            results[i] = all.narrow(-1, first, specs.get(i).outputs());
            first += specs.get(i).outputs();
        }
        return results;
    }
}
