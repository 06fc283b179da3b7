package dev.tether.torch.pretrain;

import dev.tether.torch.bpe.BpeVocabulary;
import dev.tether.torch.bpe.TokenizerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes all of a new Llama model's directory but the weights. */
final class NewModelDirectory {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final double INITIALIZER_RANGE = 0.02;
    private static final double ROPE_THETA = 10_000;
    private static final double RMS_NORM_EPSILON = 1e-5;

    private NewModelDirectory() {}

    static void write(BpeVocabulary vocabulary, ModelShape shape, Path directory) throws IOException {
        TokenizerFiles.write(vocabulary, shape.context(), directory);
        write(directory.resolve("config.json"), config(vocabulary, shape));
        ObjectNode generation = specialIds(JSON.createObjectNode());
        write(directory.resolve("generation_config.json"), generation.put("max_length", shape.context()));
    }

    private static void write(Path file, ObjectNode json) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(json) + "\n", StandardCharsets.UTF_8);
    }

    private static ObjectNode config(BpeVocabulary vocabulary, ModelShape shape) {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add("LlamaForCausalLM");
        json.put("model_type", "llama")
                .put("vocab_size", vocabulary.size())
                .put("hidden_size", shape.hidden())
                .put("intermediate_size", shape.feedForward())
                .put("num_hidden_layers", shape.layers())
                .put("num_attention_heads", shape.heads())
                .put("num_key_value_heads", shape.heads())
                .put("head_dim", shape.hidden() / shape.heads())
                .put("hidden_act", "silu")
                .put("max_position_embeddings", shape.context())
                .put("rms_norm_eps", RMS_NORM_EPSILON)
                .put("rope_theta", ROPE_THETA)
                .put("attention_bias", false)
                .put("mlp_bias", false)
                .put("attention_dropout", 0.0)
                .put("tie_word_embeddings", true)
                .put("initializer_range", INITIALIZER_RANGE)
                .put("use_cache", true)
                .put("torch_dtype", "float16");
        return specialIds(json);
    }

    private static ObjectNode specialIds(ObjectNode json) {
        return json.put("bos_token_id", BpeVocabulary.BOS_ID)
                .put("eos_token_id", BpeVocabulary.EOS_ID)
                .put("pad_token_id", BpeVocabulary.PAD_ID);
    }
}
