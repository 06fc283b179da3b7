package dev.tether.torch.train;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/** Live weights in the compute type itself, {@code weights.safetensors}: written and put back to the bit. */
public final class WeightsFile {
    private static final String NAME = "weights.safetensors";

    private WeightsFile() {}

    /** Writes {@code directory/weights.safetensors}. */
    public static void save(Path directory, Map<String, Tensor> weights) throws IOException {
        SafetensorsWriter.write(directory.resolve(NAME), new LinkedHashMap<>(weights), Map.of());
    }

    /**
     * Puts back what {@link #save} wrote.
     *
     * @throws InputException when the file is torn or holds other names, types or shapes; then nothing was changed
     */
    public static void restore(Path directory, Map<String, Tensor> weights) {
        Path file = directory.resolve(NAME);
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            requireFits(file, saved, weights);
            Scoped.computeWithoutGradients(() -> {
                weights.forEach((name, tensor) -> tensor.copy_(saved.tensor(name)));
                return weights.size();
            });
        }
    }

    /** Refuses a file of another model. */
    static void requireFits(Path directory, Map<String, Tensor> weights) {
        Path file = directory.resolve(NAME);
        try (SafetensorsFile saved = SafetensorsFile.open(file)) {
            requireFits(file, saved, weights);
        }
    }

    private static void requireFits(Path file, SafetensorsFile saved, Map<String, Tensor> weights) {
        requireSameNames(file, saved, weights);
        weights.forEach((name, tensor) -> requireLike(file, saved, name, tensor));
    }

    private static void requireSameNames(Path file, SafetensorsFile saved, Map<String, Tensor> weights) {
        TreeSet<String> missing = new TreeSet<>(weights.keySet());
        missing.removeAll(saved.names());
        TreeSet<String> unknown = new TreeSet<>(saved.names());
        unknown.removeAll(weights.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new InputException(file + ": belongs to another model: "
                    + (missing.isEmpty()
                            ? "it holds '" + unknown.first() + "', which this model does not have"
                            : "it lacks '" + missing.first() + "'"));
        }
    }

    private static void requireLike(Path file, SafetensorsFile saved, String name, Tensor tensor) {
        boolean alike = Arrays.equals(saved.shape(name), tensor.shape())
                && saved.dtype(name).scalarType() == tensor.scalar_type().intern();
        if (!alike) {
            throw new InputException(file + ": belongs to another model: '" + name + "' is " + saved.dtype(name)
                    + " " + Arrays.toString(saved.shape(name)) + ", this model needs "
                    + tensor.scalar_type().intern() + " " + Arrays.toString(tensor.shape()));
        }
    }
}
