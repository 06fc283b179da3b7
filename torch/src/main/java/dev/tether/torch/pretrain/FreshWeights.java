package dev.tether.torch.pretrain;

import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights that nothing has been learned in: as good as others where only speed and memory are looked at. */
public final class FreshWeights {
    private FreshWeights() {}

    /**
     * Writes model.safetensors beside the config.json of {@code directory}, in single precision.
     *
     * @param seed of the weights
     */
    public static void write(Path directory, long seed) throws IOException {
        try (CausalLm model = CausalLm.fresh(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32, seed)) {
            SafetensorsWriter.write(
                    directory.resolve("model.safetensors"),
                    new LinkedHashMap<>(model.parameters()),
                    Map.of("format", "pt"));
        }
    }
}
