package dev.tether.torch;

import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A Llama of 24,000 weights, so that tests need nothing from outside. */
public final class TinyModel {
    public static final int VOCABULARY = 40;

    private TinyModel() {}

    /** Writes the model directory and returns it. */
    public static Path write(Path directory) throws IOException {
        return write(directory, 32, 48);
    }

    /** The same with 16 times the weights: enough that inference packs them. */
    public static Path writeWide(Path directory) throws IOException {
        return write(directory, 128, 256);
    }

    private static Path write(Path directory, int width, int inner) throws IOException {
        return write(directory, """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "head_dim": %d, "hidden_act": "silu", "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
                 "rope_theta": 10000.0, "attention_bias": false, "mlp_bias": false, "tie_word_embeddings": true,
                 "initializer_range": 0.3, "bos_token_id": 1, "eos_token_id": 2}
                """.formatted(VOCABULARY, width, inner, width / 4));
    }

    /** A fresh model of any configuration whose weights lie in one file. */
    public static Path write(Path directory, String config) throws IOException {
        Files.writeString(directory.resolve("config.json"), config);
        try (CausalLm fresh = CausalLm.fresh(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32, 1)) {
            SafetensorsWriter.write(
                    directory.resolve("model.safetensors"), new LinkedHashMap<>(fresh.parameters()), Map.of());
        }
        return directory;
    }
}
