package dev.tether.torch.train;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.optim.AdamW;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Everything native that training needs to go on as if it had never stopped, as two safetensors files in the compute
 * type itself: {@link WeightsFile} (policy and value function) and {@code optimizer.safetensors}.
 */
final class TrainingState {
    private static final String OPTIMIZER = "optimizer.safetensors";

    private TrainingState() {}

    static void save(Path directory, Map<String, Tensor> parameters, AdamW optimizer) throws IOException {
        WeightsFile.save(directory, parameters);
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
        try (SafetensorsFile moments = SafetensorsFile.open(directory.resolve(OPTIMIZER))) {
            WeightsFile.requireFits(directory, parameters);
            optimizer.restore(moments);
            WeightsFile.restore(directory, parameters);
        }
    }
}
