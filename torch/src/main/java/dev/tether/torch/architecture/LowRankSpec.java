package dev.tether.torch.architecture;

import dev.tether.run.InputException;
import dev.tether.torch.architecture.ParameterSpec.Initial;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Low-rank adapters of some affine maps of a network, W x + (alpha/rank) · B (A x) with A [rank][inputs] and B
 * [outputs][rank] (Hu et al. 2021). Their tensors have the names that PEFT gives them.
 *
 * @param rank of the update; ≥ 1
 * @param alpha the update's scale times its rank; finite and &gt; 0
 * @param targets the maps that have an adapter, in the order of the forward pass; at least one
 */
public record LowRankSpec(int rank, double alpha, List<LinearSpec> targets) {
    /** All maps of all layers; not the output head. */
    public static final String ALL_LINEAR = "all-linear";

    private static final String PREFIX = "base_model.model.";

    public LowRankSpec {
        targets = List.copyOf(targets);
        if (rank < 1) {
            throw new IllegalArgumentException("rank = " + rank + ", must be at least 1");
        }
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new IllegalArgumentException("alpha = " + alpha + ", must be finite and > 0");
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("an adapter needs at least one target");
        }
    }

    /**
     * The maps that {@code modules} name, as PEFT reads them: a map whose name is one of them or ends in a dot and one of
     * them, and every map where one of them is {@value #ALL_LINEAR}.
     *
     * @param place where the names stand, for the message
     * @throws InputException when there is no name, or one that no map of the network has
     */
    public static List<LinearSpec> targets(DecoderSpec network, List<String> modules, String place) {
        List<LinearSpec> all = network.linears();
        if (modules.isEmpty()) {
            throw new InputException(place + " is empty, must name maps of the model: " + known(all));
        }
        for (String module : modules) {
            if (all.stream().noneMatch(linear -> isNamed(linear, module))) {
                throw new InputException(
                        place + " names \"" + module + "\", which no map of the model is called; it has " + known(all)
                                + " (" + ALL_LINEAR + " = all of them)");
            }
        }
        return all.stream()
                .filter(linear -> modules.stream().anyMatch(module -> isNamed(linear, module)))
                .toList();
    }

    private static boolean isNamed(LinearSpec linear, String module) {
        return module.equals(ALL_LINEAR)
                || linear.name().equals(module)
                || linear.name().endsWith("." + module);
    }

    private static String known(List<LinearSpec> linears) {
        return String.join(", ", lastNames(linears));
    }

    private static List<String> lastNames(List<LinearSpec> linears) {
        return linears.stream()
                .map(linear -> linear.name().substring(linear.name().lastIndexOf('.') + 1))
                .distinct()
                .collect(Collectors.toList());
    }

    /** Names that {@link #targets(DecoderSpec, List, String)} reads as exactly these targets: the short ones if they do. */
    public List<String> targetModules(DecoderSpec network) {
        List<String> shortNames = lastNames(targets);
        return targets(network, shortNames, "target_modules").equals(targets)
                ? shortNames
                : targets.stream().map(LinearSpec::name).toList();
    }

    /** What the product B (A x) is multiplied by. */
    public double scale() {
        return alpha / rank;
    }

    /** A of one of the targets, [rank][inputs]. */
    public ParameterSpec down(LinearSpec target) {
        return new ParameterSpec(
                PREFIX + target.name() + ".lora_A.weight", new long[] {rank, target.inputs()}, Initial.NORMAL);
    }

    /** B of one of the targets, [outputs][rank]. */
    public ParameterSpec up(LinearSpec target) {
        return new ParameterSpec(
                PREFIX + target.name() + ".lora_B.weight", new long[] {target.outputs(), rank}, Initial.ZEROS);
    }

    /** A and B of every target. */
    public List<ParameterSpec> parameters() {
        List<ParameterSpec> all = new ArrayList<>();
        targets.forEach(target -> {
            all.add(down(target));
            all.add(up(target));
        });
        return all;
    }
}
