package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoClip;
import dev.tether.run.InputException;
import dev.tether.torch.directory.ExportType;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.torch.train.RandomMinibatch;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Adapters as files and as policies. */
class AdapterTest {
    private static final UpdateObjective OBJECTIVE = UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0.01));
    private static final LoraSettings EVERYWHERE = new LoraSettings(4, 8, List.of("all-linear"), 3);
    private static final ModelSettings SHARED_VALUE = new ModelSettings(ComputeType.FLOAT32, ValueKind.SHARED, 0);

    @TempDir
    Path scratch;

    private Path model(TinyFamily family) throws IOException {
        return family.write(scratch.resolve(family.name()));
    }

    private static void train(TorchPolicyModel policy, int steps) {
        for (int step = 0; step < steps; step++) {
            policy.update(RandomMinibatch.of(policy, TinyModel.VOCABULARY, 6, 9, step), OBJECTIVE, 1, 5e-3);
        }
    }

    private static TokenBatch batch() {
        Random random = new Random(2);
        int[][] prompts = {random.ints(4, 3, TinyModel.VOCABULARY).toArray()};
        int[][] responses = {random.ints(12, 3, TinyModel.VOCABULARY).toArray()};
        return new TokenBatch(prompts, responses, ResponseMask.all(1, 12));
    }

    private static double[] read(TorchPolicyModel policy) {
        return policy.evaluate(batch(), 1).logprobs()[0];
    }

    @ParameterizedTest
    @EnumSource
    void aTrainedAdapterIsTheSameSavedReloadedAndMerged(TinyFamily family) throws IOException {
        Path model = model(family);
        Path adapter = scratch.resolve("adapter");
        Path merged = scratch.resolve("merged");
        double[] trained;
        double[] before;
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, EVERYWHERE, SHARED_VALUE)) {
            before = policy.withoutAdapter().logprobs(batch(), 1)[0];
            train(policy, 3);
            trained = read(policy);
            policy.export(adapter);
        }
        assertThat(trained[0]).isNotCloseTo(before[0], within(1e-3));
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, adapter, ModelSettings.inference())) {
            assertThat(read(policy)).isEqualTo(trained);
            assertThat(policy.withoutAdapter().logprobs(batch(), 1)[0]).isEqualTo(before);
            policy.export(merged, ExportType.FLOAT32);
        }
        try (TorchPolicyModel policy = LanguageModels.openPolicy(merged, ModelSettings.inference())) {
            assertThat(read(policy)).containsExactly(trained, within(1e-5));
        }
        assertThat(names(merged.resolve("model.safetensors"))).isEqualTo(names(model.resolve("model.safetensors")));
    }

    private static Object names(Path file) {
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            return weights.names();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LLAMA | false | q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"
                        + " | base_model.model.model.layers.1.mlp.down_proj.lora_A.weight",
                "GPT2 | true | c_attn,c_proj,c_fc | base_model.model.transformer.h.0.attn.c_attn.lora_B.weight",
                "PYTHIA | false | query_key_value,dense,dense_h_to_4h,dense_4h_to_h"
                        + " | base_model.model.gpt_neox.layers.0.attention.query_key_value.lora_A.weight"
            })
    void theFilesAreThoseOfPeft(TinyFamily family, boolean transposed, String targets, String tensor)
            throws IOException {
        Path adapter = scratch.resolve("adapter");
        Path model = model(family);
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, EVERYWHERE, SHARED_VALUE)) {
            policy.export(adapter);
        }
        JsonNode config = new JsonMapper().readTree(Files.readAllBytes(adapter.resolve("adapter_config.json")));
        assertThat(config.path("peft_type").stringValue()).isEqualTo("LORA");
        assertThat(config.path("task_type").stringValue()).isEqualTo("CAUSAL_LM");
        assertThat(config.path("r").intValue()).isEqualTo(4);
        assertThat(config.path("lora_alpha").isIntegralNumber()).isTrue();
        assertThat(config.path("lora_alpha").intValue()).isEqualTo(8);
        assertThat(config.path("fan_in_fan_out").booleanValue()).isEqualTo(transposed);
        assertThat(config.path("base_model_name_or_path").stringValue()).isEqualTo(model.toString());
        assertThat(config.path("target_modules"))
                .extracting(JsonNode::stringValue)
                .containsExactly(targets.split(","));
        try (SafetensorsFile weights = SafetensorsFile.open(adapter.resolve("adapter_model.safetensors"))) {
            assertThat(weights.names()).contains(tensor).allMatch(name -> name.startsWith("base_model.model."));
            int side = tensor.contains("lora_A") ? 0 : 1;
            assertThat(weights.shape(tensor)[side]).isEqualTo(4);
        }
    }

    @Test
    void someMapsCanBeAdaptedAndTheFileNamesThoseAlone() throws IOException {
        Path model = model(TinyFamily.LLAMA);
        LoraSettings some = new LoraSettings(2, 1.5, List.of("q_proj", "layers.1.mlp.up_proj"), 3);
        double[] trained;
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, some, SHARED_VALUE)) {
            assertThat(policy.network().trained()).hasSize(2 * (2 + 1));
            train(policy, 2);
            trained = read(policy);
            policy.export(scratch.resolve("adapter"));
        }
        try (TorchPolicyModel again =
                LanguageModels.openAdapted(model, scratch.resolve("adapter"), ModelSettings.inference())) {
            assertThat(read(again)).isEqualTo(trained);
        }
    }

    @Test
    void onlyTheAdapterAndTheValueHeadAreTrainedAndSaved() throws IOException {
        Path model = model(TinyFamily.GPT2);
        Path state = Files.createDirectory(scratch.resolve("state"));
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, EVERYWHERE, SHARED_VALUE)) {
            String frozen = WeightFingerprint.of(policy.network().parameters());
            train(policy, 2);
            assertThat(WeightFingerprint.of(policy.network().parameters())).isEqualTo(frozen);
            policy.saveTrainingState(state);
            try (SafetensorsFile saved = SafetensorsFile.open(state.resolve("weights.safetensors"))) {
                assertThat(saved.names())
                        .hasSize(2 * 2 * 4 + 1)
                        .contains("value.score.weight")
                        .filteredOn(name -> !name.contains(".lora_"))
                        .hasSize(1);
            }
        }
        long adapter =
                Files.size(state.resolve("weights.safetensors")) + Files.size(state.resolve("optimizer.safetensors"));
        assertThat(adapter).isLessThan(Files.size(model.resolve("model.safetensors")) / 2);
    }

    @Test
    void aRestoredAdapterGoesOnToTheBit() throws IOException {
        Path model = model(TinyFamily.QWEN2_WITH_A_WINDOW_ON_TOP);
        Path state = Files.createDirectory(scratch.resolve("state"));
        Sampling sampling = new Sampling(10, 1, 0, 1, new int[] {2});
        int[][] prompts = {{3, 4, 5}, {6}};
        Generation expected;
        double[] trained;
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, EVERYWHERE, SHARED_VALUE)) {
            train(policy, 2);
            policy.saveTrainingState(state);
            train(policy, 2);
            expected = policy.generate(prompts, sampling, 9);
            trained = read(policy);
        }
        LoraSettings otherSeed = new LoraSettings(4, 8, List.of("all-linear"), 77);
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, otherSeed, SHARED_VALUE)) {
            policy.restoreTrainingState(state);
            train(policy, 2);
            Generation again = policy.generate(prompts, sampling, 9);
            assertThat(read(policy)).isEqualTo(trained);
            assertThat(again.responses()).isDeepEqualTo(expected.responses());
            assertThat(again.rolloutLogprobs()).isDeepEqualTo(expected.rolloutLogprobs());
        }
    }

    /** Policy and reference hold one model between them: every weight lies where the other's does. */
    @Test
    void theReferenceIsTheSameWeightsAndItsEndIsNotTheirs() throws IOException {
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model(TinyFamily.LLAMA), EVERYWHERE, SHARED_VALUE)) {
            double[] fresh = read(policy);
            try (TorchReferenceModel reference = policy.withoutAdapter()) {
                assertThat(reference.logprobs(batch(), 1)[0]).containsExactly(fresh, within(1e-6));
                assertThat(addresses(reference.network())).isEqualTo(addresses(policy.network()));
            }
            assertThat(read(policy)).isEqualTo(fresh);
        }
    }

    private static List<Long> addresses(CausalLm network) {
        return network.parameters().values().stream()
                .map(weight -> weight.data_ptr().address())
                .toList();
    }

    @Test
    void aValueNetworkOfItsOwnIsRefused() throws IOException {
        Path model = model(TinyFamily.LLAMA);
        ModelSettings separate = new ModelSettings(ComputeType.FLOAT32, ValueKind.SEPARATE, 0);
        assertThatThrownBy(() -> LanguageModels.openAdapted(model, EVERYWHERE, separate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("value = SEPARATE, must be SHARED or NONE with an adapter");
    }

    @Test
    void anUnknownTargetIsRefusedWithThoseThereAre() throws IOException {
        Path model = model(TinyFamily.GPT2);
        LoraSettings llama = new LoraSettings(4, 8, List.of("c_attn", "q_proj"), 1);
        assertThatThrownBy(() -> LanguageModels.openAdapted(model, llama, SHARED_VALUE))
                .isInstanceOf(InputException.class)
                .hasMessage("lora.target_modules names \"q_proj\", which no map of the model is called; it has c_attn,"
                        + " c_proj, c_fc (all-linear = all of them)");
    }

    private Path savedAdapter(Path model) throws IOException {
        Path adapter = scratch.resolve("adapter");
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, EVERYWHERE, SHARED_VALUE)) {
            policy.export(adapter);
        }
        return adapter;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"r\" : 4 | \"r\" : 5 | adapter_model.safetensors: base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
                        + " is [4, 128], must be [5, 128] for rank 5 of adapter_config.json",
                "\"r\" : 4 | \"r\" : 0 | adapter_config.json: r = 0, must be a positive whole number",
                "\"q_proj\", | \"q_prj\", | adapter_config.json: target_modules names \"q_prj\", which no map of the model",
                "\"q_proj\", | | adapter_model.safetensors: holds base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight,"
                        + " which is no adapter of a target of adapter_config.json",
                "\"LORA\" | \"IA3\" | adapter_config.json: peft_type = \"IA3\", must be LORA",
                "\"use_rslora\" : false | \"use_rslora\" : true | adapter_config.json: use_rslora = true, is not supported",
                "\"bias\" : \"none\" | \"bias\" : \"all\" | adapter_config.json: bias = \"all\", is not supported, must be none",
                "\"r\" : 4 | \"r\" : 4, \"rank_pattern\": {\"q_proj\": 2} | adapter_config.json: rank_pattern ="
                        + " {\"q_proj\":2}, is not supported"
            })
    void aConfigThatDoesNotFitIsRefusedInOneLine(String from, String to, String message) throws IOException {
        Path model = model(TinyFamily.LLAMA);
        Path adapter = savedAdapter(model);
        Path config = adapter.resolve("adapter_config.json");
        String text = Files.readString(config);
        assertThat(text).contains(from);
        Files.writeString(config, text.replace(from, to == null ? "" : to));
        assertThatThrownBy(() -> LanguageModels.openAdapted(model, adapter, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message)
                .message()
                .hasLineCount(1);
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        Path model = model(TinyFamily.LLAMA);
        Path adapter = savedAdapter(model);
        String gone = "base_model.model.model.layers.1.mlp.up_proj.lora_B.weight";
        rewrite(adapter.resolve("adapter_model.safetensors"), Map.of(), tensors -> {
            tensors.remove(gone);
            return tensors;
        });
        assertThatThrownBy(() -> LanguageModels.openAdapted(model, adapter, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessage(adapter.resolve("adapter_model.safetensors") + ": lacks " + gone
                        + "[256, 4], which adapter_config.json promises for " + model);
    }

    @Test
    void anAdapterOfAModelOfOtherShapesIsRefused() throws IOException {
        Path adapter = savedAdapter(model(TinyFamily.LLAMA));
        Path mistral = model(TinyFamily.MISTRAL_WITH_A_WINDOW);
        Path narrow = TinyModel.write(Files.createDirectory(scratch.resolve("narrow")));
        assertThatThrownBy(() -> LanguageModels.openAdapted(narrow, adapter, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("lora_A.weight is [4, 128], must be [4, 32]");
        assertThatThrownBy(() -> LanguageModels.openAdapted(mistral, adapter, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(adapter + ": is an adapter of another model than " + mistral);
    }

    @Test
    void anAdapterOfAnotherWriterIsTakenWithoutAFingerprintInHalfPrecision() throws IOException {
        Path model = model(TinyFamily.LLAMA);
        Path adapter = savedAdapter(model);
        rewrite(adapter.resolve("adapter_model.safetensors"), Map.of("format", "pt"), tensors -> {
            tensors.replaceAll((name, tensor) -> tensor.to(ScalarType.BFloat16));
            return tensors;
        });
        try (TorchPolicyModel policy = LanguageModels.openAdapted(model, adapter, ModelSettings.inference());
                TorchPolicyModel plain = LanguageModels.openPolicy(model, ModelSettings.inference())) {
            assertThat(read(policy)).isEqualTo(read(plain));
        }
    }

    private static void rewrite(
            Path file, Map<String, String> metadata, UnaryOperator<LinkedHashMap<String, Tensor>> change) {
        Scoped.run(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            try (SafetensorsFile old = SafetensorsFile.open(file)) {
                old.names().forEach(name -> tensors.put(name, old.tensor(name).clone()));
                SafetensorsWriter.write(file, change.apply(tensors), metadata);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void aDirectoryWithoutAnAdapterIsRefused() throws IOException {
        Path model = model(TinyFamily.LLAMA);
        assertThatThrownBy(
                        () -> LanguageModels.openAdapted(model, scratch.resolve("nowhere"), ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessage(scratch.resolve("nowhere") + ": there is no such adapter directory");
        assertThatThrownBy(() -> LanguageModels.openAdapted(model, model, ModelSettings.inference()))
                .isInstanceOf(InputException.class)
                .hasMessage(model.resolve("adapter_config.json") + ": there is no such file");
    }
}
