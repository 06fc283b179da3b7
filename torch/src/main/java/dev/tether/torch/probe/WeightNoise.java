package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.Nudge;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Moves weights a little way off and back again. */
final class WeightNoise {
    private WeightNoise() {}

    /**
     * Runs {@code measurement} while every tensor is off by Gaussian noise of {@code relativeNoise} times its nudge's size;
     * restores every bit, also when the measurement throws. Takes one copy of the tensors.
     */
    static <T> T around(List<Nudge> nudges, double relativeNoise, long seed, Supplier<T> measurement) {
        List<Tensor> saved = new ArrayList<>();
        try {
            nudges.forEach(nudge -> saved.add(copy(nudge.weight())));
            add(nudges, relativeNoise, seed);
            return measurement.get();
        } finally {
            restore(nudges, saved);
            saved.forEach(Tensor::close);
        }
    }

    private static Tensor copy(Tensor parameter) {
        return Scoped.keep(() -> parameter.detach().clone());
    }

    private static void add(List<Nudge> nudges, double relativeNoise, long seed) {
        Scoped.runWithoutGradients(() -> {
            GeneratorOptional source = new GeneratorOptional(torch.createCPUGenerator(seed));
            for (Nudge nudge : nudges) {
                Scoped.run(() -> nudge.weight()
                        .add_(zeros_like(nudge.weight()).normal_(0, relativeNoise * nudge.size(), source)));
            }
        });
    }

    private static void restore(List<Nudge> nudges, List<Tensor> saved) {
        Scoped.runWithoutGradients(() -> {
            for (int i = 0; i < saved.size(); i++) {
                nudges.get(i).weight().copy_(saved.get(i));
            }
        });
    }
}
