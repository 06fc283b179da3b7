package dev.tether.torch.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TinyModel;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fault of a model directory is one line that names the place. */
class BadModelDirectoryTest {
    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(directory);
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> LanguageModels.openPolicy(directory, ModelSettings.inference())
                        .close())
                .isInstanceOf(InputException.class)
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    private void editConfig(String from, String to) throws IOException {
        Path config = directory.resolve("config.json");
        String text = Files.readString(config);
        assertThat(text).contains(from);
        Files.writeString(config, text.replace(from, to));
    }

    @Test
    void aSoundDirectoryOpens() {
        LanguageModels.openPolicy(directory, ModelSettings.inference()).close();
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path missing = directory.resolve("nowhere");
        assertThatThrownBy(() -> LanguageModels.openReference(missing, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessage(missing + ": there is no such model directory");
    }

    @Test
    void aFileInPlaceOfADirectoryIsNamed() {
        Path file = directory.resolve("config.json");
        assertThatThrownBy(() -> LanguageModels.openReference(file, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessage(file + ": is a file, must be a model directory that holds config.json");
    }

    @Test
    void aMissingConfigIsNamed() throws IOException {
        Files.delete(directory.resolve("config.json"));
        assertRefused(directory.resolve("config.json").toString(), "there is no such file");
    }

    @Test
    void aTornConfigIsNamed() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": ");
        assertRefused(directory.resolve("config.json").toString(), "is not valid JSON");
    }

    @Test
    void anUnsupportedModelTypeIsNamedWithWhatIsSupported() throws IOException {
        editConfig("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"");
        assertRefused("config.json: model_type = \"mamba\"", "supported: llama, mistral, qwen2, qwen3, gpt_neox, gpt2");
    }

    @Test
    void anArchitectureThatIsNoLanguageModelIsNamed() throws IOException {
        editConfig("LlamaForCausalLM", "LlamaForSequenceClassification");
        assertRefused("architectures = [\"LlamaForSequenceClassification\"]", "supported: LlamaForCausalLM");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "hidden_act": "silu"       | "hidden_act": "snake"        | hidden_act = "snake", is not supported
                    "rope_theta": 10000.0      | "rope_scaling": {"rope_type": "yarn", "factor": 2} | rope_scaling.rope_type = "yarn"
                    "rope_theta": 10000.0      | "rope_parameters": {"rope_type": "llama3", "factor": 8} | rope_parameters.low_freq_factor is missing
                    "rope_theta": 10000.0      | "rope_theta": -1             | rope_theta = -1, must be a positive number
                    "hidden_size": 32          | "hidden_size": "32"          | hidden_size = "32", must be a positive whole number
                    "vocab_size": 40,          |                              | vocab_size is missing
                    "num_key_value_heads": 2   | "num_key_value_heads": 3     | num_key_value_heads = 3, must divide num_attention_heads = 4
                    "tie_word_embeddings": true | "tie_word_embeddings": "yes" | tie_word_embeddings = "yes", must be true or false
                    "attention_bias": false    | "quantization_config": {"bits": 4} | quantization_config
                    "mlp_bias": false          | "partial_rotary_factor": 0.5 | partial_rotary_factor = 0.5
                    """)
    void anOptionThatIsWrongOrNotSupportedIsNamedByItsKeyAndValue(String from, String to, String message)
            throws IOException {
        editConfig(from, to == null ? "" : to);
        assertRefused(directory.resolve("config.json") + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    qwen2    | "rope_theta": 10000.0  | "head_dim": 8   | rope_theta is missing, must be a positive number
                    qwen3    | "attention_bias": false | "layer_types": ["full_attention"] | layer_types = ["full_attention"], must have one entry for each of the 2 layers
                    qwen3    | "attention_bias": false | "layer_types": ["full_attention", "sliding_attention"] | layer_types = ["full_attention","sliding_attention"], "sliding_attention" is not supported here
                    llama    | "attention_bias": false | "layer_types": ["full_attention", "chunked_attention"] | layer_types = ["full_attention","chunked_attention"], "chunked_attention" is not supported here
                    mistral  | "attention_bias": false | "sliding_window": 0 | sliding_window = 0, must be a positive whole number
                    gpt_neox | "attention_bias": false | "rotary_pct": 1.5   | a share of 1.5 of a head's 8 values is rotated
                    llama    | "rope_theta": 10000.0  | "rope_parameters": {"rope_type": "default"} | rope_parameters.rope_theta is missing
                    """)
    void anOptionOfAFamilyThatIsWrongIsNamed(String family, String from, String to, String message) throws IOException {
        editConfig(
                "\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\"",
                "\"model_type\": \"" + family + "\"");
        editConfig(from, to);
        assertRefused(directory.resolve("config.json") + ": " + message);
    }

    @Test
    void aCopyOfATiedEmbeddingThatDiffersIsRefused() throws IOException {
        editWeights(tensors -> tensors.put("lm_head.weight", torch.zeros(TinyModel.VOCABULARY, 32)));
        assertRefused("lm_head.weight differs from model.embed_tokens.weight", "tie_word_embeddings");
    }

    @Test
    void missingWeightsAreNamed() throws IOException {
        Files.delete(directory.resolve("model.safetensors"));
        assertRefused(directory.toString(), "neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void aPickleFileIsNeverRead() throws IOException {
        Files.delete(directory.resolve("model.safetensors"));
        Files.writeString(directory.resolve("pytorch_model.bin"), "not even a pickle");
        assertRefused(directory.resolve("pytorch_model.bin").toString(), "pickle", "never read", "model.safetensors");
    }

    @Test
    void tornWeightsAreNamed() throws IOException {
        Path file = directory.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(file.toString(), "torn");
    }

    @Test
    void tensorsThatDoNotFitTheConfigAreAllNamed() throws IOException {
        editWeights(tensors -> {
            Tensor norm = tensors.remove("model.norm.weight");
            tensors.put("model.extra.weight", norm);
            tensors.put("model.layers.1.mlp.up_proj.weight", torch.zeros(48, 31));
        });
        assertRefused(
                "1 tensor missing: model.norm.weight [32]",
                "1 tensor of the wrong shape: model.layers.1.mlp.up_proj.weight (expected [48, 32], found [48, 31])",
                "1 tensor unexpected: model.extra.weight [32]");
    }

    @Test
    void aSecondCopyOfATiedEmbeddingIsLetPass() throws IOException {
        editWeights(tensors -> tensors.put(
                "lm_head.weight", tensors.get("model.embed_tokens.weight").clone()));
        LanguageModels.openPolicy(directory, ModelSettings.inference()).close();
    }

    private void editWeights(Consumer<LinkedHashMap<String, Tensor>> edit) {
        Path file = directory.resolve("model.safetensors");
        Scoped.run(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            try (SafetensorsFile old = SafetensorsFile.open(file)) {
                old.names().forEach(name -> tensors.put(name, old.tensor(name).clone()));
            }
            edit.accept(tensors);
            try {
                SafetensorsWriter.write(file, tensors, Map.of());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
