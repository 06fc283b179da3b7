package dev.tether.torch.network;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.architecture.LowRankSpec;
import dev.tether.torch.architecture.ParameterSpec;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.Parameters.Training;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The low-rank updates of some affine maps: their weights, which are trained, and what they add to a product or to the
 * weight itself. Owns its weights.
 */
final class LowRank implements AutoCloseable {
    /** B (A x) of one map. */
    private record Update(Affine down, Affine up) implements Affine {
        @Override
        public Tensor apply(Tensor x) {
            return up.apply(down.apply(x));
        }
    }

    private final LowRankSpec spec;
    private final Set<LinearSpec> targets;
    private final Parameters parameters;
    private final Map<LinearSpec, Update> updates = new HashMap<>();
    private final Owned owned = new Owned();

    private LowRank(LowRankSpec spec, Parameters parameters) {
        this.spec = spec;
        this.targets = Set.copyOf(spec.targets());
        this.parameters = parameters;
        for (LinearSpec target : spec.targets()) {
            updates.put(target, new Update(linear(down(target)), linear(up(target))));
        }
    }

    private Affine linear(Tensor weight) {
        return new Linear(weight, null, Layout.OUTPUTS_FIRST, owned);
    }

    /** A uniform in ±1/√inputs, as PEFT draws it (Kaiming-uniform of √5), and B zero: the network is what it was. */
    static LowRank fresh(LowRankSpec spec, ComputeType computeType, long seed) {
        return Scoped.compute(() -> {
            GeneratorOptional source = new GeneratorOptional(torch.createCPUGenerator(seed));
            return of(spec, computeType, (parameter, tensor) -> {
                if (parameter.initial() != ParameterSpec.Initial.ZEROS) {
                    double bound = 1 / Math.sqrt(parameter.shape()[1]);
                    tensor.uniform_(-bound, bound, source);
                }
            });
        });
    }

    /** @param fill writes the values of a parameter into its tensor, which is zero */
    static LowRank of(LowRankSpec spec, ComputeType computeType, BiConsumer<ParameterSpec, Tensor> fill) {
        return new LowRank(spec, Parameters.of(spec.parameters(), List.of(), computeType, Training.TRAINABLE, fill));
    }

    /** Another adapter on the same memory with gradients of its own. */
    LowRank replica() {
        return new LowRank(spec, parameters.replica());
    }

    LowRankSpec spec() {
        return spec;
    }

    /** The trained weights by the names that PEFT gives them. */
    Map<String, Tensor> parameters() {
        return parameters.byName();
    }

    boolean adapts(LinearSpec map) {
        return targets.contains(map);
    }

    /** {@code y}, the product of a map with {@code x}, and what the map's adapter adds to it, if it has one. */
    Tensor adapted(LinearSpec map, Tensor x, Tensor y) {
        return adapts(map) ? Scoped.handOver(() -> y.add(updates.get(map).apply(x), new Scalar(spec.scale()))) : y;
    }

    /** The weight of a plain map that does what {@code map} and its adapter do; {@code weight} where it has none. */
    Tensor merged(LinearSpec map, Tensor weight) {
        if (!adapts(map)) {
            return weight;
        }
        return Scoped.handOver(() -> {
            Tensor product = up(map).detach().mm(down(map).detach());
            Tensor update = map.layout() == Layout.OUTPUTS_FIRST ? product : product.t();
            return weight.detach().add(update, new Scalar(spec.scale()));
        });
    }

    /**
     * B of every target; a change of size 1 is one whose part of the target's weight is in the mean as large as the weight
     * itself: ⟨(scale · B A)²⟩ = scale² · rank · ⟨B²⟩ · ⟨A²⟩. A is left out: where B is zero, A says nothing.
     */
    List<Nudge> nudges(Parameters base) {
        return spec.targets().stream()
                .map(target -> {
                    double weight = Nudge.rootMeanSquare(base.of(target));
                    double ofA = Nudge.rootMeanSquare(down(target));
                    return new Nudge(up(target), weight / (spec.scale() * Math.sqrt(spec.rank()) * ofA));
                })
                .toList();
    }

    private Tensor down(LinearSpec target) {
        return parameters.get(spec.down(target).name());
    }

    private Tensor up(LinearSpec target) {
        return parameters.get(spec.up(target).name());
    }

    @Override
    public void close() {
        owned.close();
        parameters.close();
    }
}
