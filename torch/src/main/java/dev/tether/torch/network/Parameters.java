package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.zeros;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;

/**
 * The named parameter tensors of one network, owned. Parameters that are read together (queries, keys and values; gate
 * and up) lie side by side in one block of memory, so that inference multiplies by the whole block at once while
 * training sees single leaf tensors; both see every change in place.
 */
final class Parameters implements LinearWeights, AutoCloseable {
    /** Whether the parameters are to be trained. */
    enum Training {
        FROZEN,
        TRAINABLE
    }

    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final Map<List<String>, Tensor> joined = new LinkedHashMap<>();

    private Parameters() {}

    /**
     * Allocates and fills parameters.
     *
     * @param groups names of parameters to lie side by side along their first dimension
     * @param fill writes the starting values of a parameter into its tensor
     */
    static Parameters of(
            List<ParameterSpec> specs,
            List<List<String>> groups,
            ComputeType computeType,
            Training training,
            BiConsumer<ParameterSpec, Tensor> fill) {
        Parameters parameters = new Parameters();
        try {
            Map<String, ParameterSpec> byName = new LinkedHashMap<>();
            specs.forEach(spec -> byName.put(spec.name(), spec));
            byName.keySet().forEach(name -> parameters.leaves.put(name, null)); // keeps the order of the forward pass
            groups.forEach(group -> parameters.allocateJoined(group, byName, computeType));
            for (ParameterSpec spec : specs) {
                parameters.allocateSingle(spec, computeType);
                Scoped.runWithoutGradients(() -> {
                    fill.accept(spec, parameters.leaves.get(spec.name()));
                });
                parameters.leaves.get(spec.name()).set_requires_grad(training == Training.TRAINABLE);
            }
            return parameters;
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** Other leaf tensors on the same memory, whose gradients are their own; freed apart from these. */
    Parameters replica() {
        Parameters replica = new Parameters();
        leaves.forEach((name, leaf) -> {
            Tensor other = Scoped.keep(leaf::detach);
            other.set_requires_grad(leaf.requires_grad());
            replica.leaves.put(name, other);
        });
        joined.forEach((group, block) -> replica.joined.put(group, Scoped.keep(block::detach)));
        return replica;
    }

    private void allocateJoined(List<String> group, Map<String, ParameterSpec> byName, ComputeType computeType) {
        long rows = 0;
        for (String name : group) {
            rows += byName.get(name).shape()[0];
        }
        long[] shape = byName.get(group.get(0)).shape();
        shape[0] = rows;
        Tensor block = Scoped.keep(() -> zeros(shape, new TensorOptions(computeType.scalarType())));
        joined.put(List.copyOf(group), block);
        long row = 0;
        for (String name : group) {
            long first = row;
            long count = byName.get(name).shape()[0];
            leaves.put(name, Scoped.keep(() -> block.narrow(0, first, count).detach()));
            row += count;
        }
    }

    private void allocateSingle(ParameterSpec spec, ComputeType computeType) {
        if (leaves.get(spec.name()) == null) {
            leaves.put(
                    spec.name(), Scoped.keep(() -> zeros(spec.shape(), new TensorOptions(computeType.scalarType()))));
        }
    }

    Tensor get(String name) {
        return leaves.get(name);
    }

    /** The weight itself. */
    @Override
    public Tensor of(LinearSpec spec) {
        return get(spec.weightName());
    }

    /** The block in which the weights themselves lie. */
    @Override
    public Tensor of(List<LinearSpec> specs) {
        return joined(SideBySide.weightNames(specs));
    }

    /** The block in which the parameters of {@code group} lie side by side. */
    Tensor joined(List<String> group) {
        return joined.get(group);
    }

    Map<String, Tensor> byName() {
        return Collections.unmodifiableMap(leaves);
    }

    @Override
    public void close() {
        List<Tensor> all = new ArrayList<>(leaves.values());
        all.addAll(joined.values());
        leaves.clear();
        joined.clear();
        all.forEach(tensor -> {
            if (tensor != null) {
                tensor.close();
            }
        });
    }
}
