package dev.tether.torch.train;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.optim.AdamW;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * Everything native that training needs to go on as if it had never stopped, as two safetensors files in the compute
 * type itself: {@code weights.safetensors} (policy and value function) and {@code optimizer.safetensors}.
 */
final class TrainingState {
    private static final String WEIGHTS = "weights.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";

    private TrainingState() {}

    static void save(Path directory, Map<String, Tensor> parameters, AdamW optimizer) throws IOException {
        SafetensorsWriter.write(directory.resolve(WEIGHTS), new LinkedHashMap<>(parameters), Map.of());
        try {
            Scoped.run(() -> write(directory.resolve(OPTIMIZER), optimizer.state()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(Path file, LinkedHashMap<String, Tensor> tensors) {
        try {
            SafetensorsWriter.write(file, tensors, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void restore(Path directory, Map<String, Tensor> parameters, AdamW optimizer) {
        Path weightsFile = directory.resolve(WEIGHTS);
        try (SafetensorsFile weights = SafetensorsFile.open(weightsFile);
                SafetensorsFile moments = SafetensorsFile.open(directory.resolve(OPTIMIZER))) {
            requireSameNames(weightsFile, weights, parameters);
            parameters.forEach((name, tensor) -> requireLike(weightsFile, weights, name, tensor));
            optimizer.restore(moments);
            Scoped.computeWithoutGradients(() -> {
                parameters.forEach((name, tensor) -> tensor.copy_(weights.tensor(name)));
                return parameters.size();
            });
        }
    }

    private static void requireSameNames(Path file, SafetensorsFile weights, Map<String, Tensor> parameters) {
        TreeSet<String> missing = new TreeSet<>(parameters.keySet());
        missing.removeAll(weights.names());
        TreeSet<String> unknown = new TreeSet<>(weights.names());
        unknown.removeAll(parameters.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new InputException(file + ": belongs to another model: "
                    + (missing.isEmpty()
                            ? "it holds '" + unknown.first() + "', which this model does not have"
                            : "it lacks '" + missing.first() + "'"));
        }
    }

    private static void requireLike(Path file, SafetensorsFile weights, String name, Tensor tensor) {
        boolean alike = Arrays.equals(weights.shape(name), tensor.shape())
                && weights.dtype(name).scalarType() == tensor.scalar_type().intern();
        if (!alike) {
            throw new InputException(file + ": belongs to another model: '" + name + "' is " + weights.dtype(name)
                    + " " + Arrays.toString(weights.shape(name)) + ", this model needs "
                    + tensor.scalar_type().intern() + " " + Arrays.toString(tensor.shape()));
        }
    }
}
