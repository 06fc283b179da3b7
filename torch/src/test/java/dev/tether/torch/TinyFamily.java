package dev.tether.torch;

import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Every form of network there is, small, with a vocabulary of {@link TinyModel#VOCABULARY} and a context of 64. */
public enum TinyFamily {
    LLAMA("""
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_key_value_heads": 2,
            "attention_bias": true, "mlp_bias": true, "rope_scaling": {"rope_type": "linear", "factor": 2.0}
            """),
    MISTRAL_WITH_A_WINDOW("""
            "architectures": ["MistralForCausalLM"], "model_type": "mistral", "num_key_value_heads": 2,
            "sliding_window": 5, "rope_theta": 10000.0
            """),
    QWEN2_WITH_A_WINDOW_ON_TOP("""
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "num_key_value_heads": 1, "rope_theta": 1e6,
            "use_sliding_window": true, "sliding_window": 6, "max_window_layers": 1, "tie_word_embeddings": true
            """),
    QWEN3("""
            "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_key_value_heads": 2, "head_dim": 48,
            "rope_theta": 1e6, "tie_word_embeddings": true
            """),
    PYTHIA("""
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "rotary_pct": 0.25,
            "rotary_emb_base": 10000
            """),
    NEOX_IN_SEQUENCE("""
            "architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "use_parallel_residual": false,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000, "partial_rotary_factor": 1.0},
            "tie_word_embeddings": true
            """),
    GPT2("""
            "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_embd": 128, "n_head": 4, "n_layer": 2,
            "n_positions": 64
            """);

    private static final String SHAPE = """
            {"vocab_size": %d, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2,
             "num_attention_heads": 4, "max_position_embeddings": 64, "initializer_range": 0.15, "bos_token_id": 1,
             "eos_token_id": 2, %s}
            """;

    private final String config;

    TinyFamily(String config) {
        this.config = config;
    }

    /** Writes a model directory with biases and norms that are not those of a fresh model, and returns it. */
    public Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), SHAPE.formatted(TinyModel.VOCABULARY, config.strip()));
        try (CausalLm fresh = CausalLm.fresh(ModelDirectory.ofLanguageModel(directory), ComputeType.FLOAT32, 1)) {
            Scoped.runWithoutGradients(() -> fresh.parameters().values().stream()
                    .filter(parameter -> parameter.dim() == 1)
                    .forEach(TinyFamily::vary));
            SafetensorsWriter.write(
                    directory.resolve("model.safetensors"), new LinkedHashMap<>(fresh.parameters()), Map.of());
        }
        return directory;
    }

    /** Adds 0.3 · sin(1), 0.3 · sin(2), …. */
    private static void vary(Tensor parameter) {
        double[] values = new double[(int) parameter.numel()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sin(i + 1);
        }
        parameter.add_(Tensors.of(values, parameter.scalar_type(), values.length), new Scalar(0.3));
    }
}
