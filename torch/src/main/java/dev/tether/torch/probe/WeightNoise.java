package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.engine.Scoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Moves weights a little way off and back again. */
final class WeightNoise {
    private WeightNoise() {}

    /**
     * Runs {@code measurement} while every tensor is off by Gaussian noise of {@code relativeNoise} times its root mean
     * square; restores every bit, also when the measurement throws. Takes one copy of the weights.
     */
    static <T> T around(Collection<Tensor> parameters, double relativeNoise, long seed, Supplier<T> measurement) {
        List<Tensor> saved = new ArrayList<>();
        try {
            parameters.forEach(parameter -> saved.add(copy(parameter)));
            add(parameters, relativeNoise, seed);
            return measurement.get();
        } finally {
            restore(parameters, saved);
            saved.forEach(Tensor::close);
        }
    }

    private static Tensor copy(Tensor parameter) {
        return Scoped.keep(() -> parameter.detach().clone());
    }

    private static void add(Collection<Tensor> parameters, double relativeNoise, long seed) {
        Scoped.computeWithoutGradients(() -> {
            GeneratorOptional source = new GeneratorOptional(torch.createCPUGenerator(seed));
            for (Tensor parameter : parameters) {
                Scoped.run(() -> {
                    double rootMeanSquare = parameter.norm().item_double() / Math.sqrt(parameter.numel());
                    parameter.add_(zeros_like(parameter).normal_(0, relativeNoise * rootMeanSquare, source));
                });
            }
            return parameters.size();
        });
    }

    private static void restore(Collection<Tensor> parameters, List<Tensor> saved) {
        Scoped.computeWithoutGradients(() -> {
            int i = 0;
            for (Tensor parameter : parameters) {
                if (i < saved.size()) {
                    parameter.copy_(saved.get(i++));
                }
            }
            return i;
        });
    }
}
