package dev.tether.torch.network;

import static org.bytedeco.pytorch.global.torch.cat;

import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.engine.Scoped;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** The weights of plain maps that do what the maps of a network and their adapters do now. */
record MergedWeights(Parameters parameters, LowRank adapter) implements LinearWeights {
    @Override
    public Tensor of(LinearSpec spec) {
        return adapter.merged(spec, parameters.get(spec.weightName()));
    }

    @Override
    public Tensor of(List<LinearSpec> specs) {
        if (specs.stream().noneMatch(adapter::adapts)) {
            return parameters.of(specs);
        }
        return Scoped.handOver(() -> {
            TensorVector parts = new TensorVector();
            specs.forEach(spec -> parts.push_back(of(spec)));
            return cat(parts, 0);
        });
    }
}
