package dev.tether.torch.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.torch.GoldenModels;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.Shared;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.safetensors.Dtype;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.ShardedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelExportTest {
    private static final int[] TEXT = {1, 5, 9, 17, 33, 65};

    @TempDir
    Path directory;

    private static JsonNode json(Path file) {
        return new JsonMapper().readTree(file.toFile());
    }

    private static void export(Path source, Path target, ExportType type) throws IOException {
        try (TorchPolicyModel model = LanguageModels.openPolicy(source, ModelSettings.inference())) {
            model.export(target, type);
        }
    }

    private static double[] logprobs(Path model) {
        try (TorchPolicyModel opened = LanguageModels.openPolicy(model, ModelSettings.inference())) {
            return opened.score(TEXT).logprobs();
        }
    }

    @Test
    void anExportedModelIsTheModelThatWasRead() throws IOException {
        List<String> models = new ArrayList<>(GoldenModels.families());
        models.add("llama31_rope_untied__sharded");
        for (String name : models) {
            Path source = Shared.path("golden/models/" + name);
            Path target = directory.resolve(name);
            export(source, target, ExportType.FLOAT32);
            assertThat(logprobs(target)).isEqualTo(logprobs(source));
            try (ShardedWeights original = ShardedWeights.open(source);
                    SafetensorsFile exported = SafetensorsFile.open(target.resolve("model.safetensors"))) {
                assertThat(exported.names()).isEqualTo(original.names());
                assertThat(exported.metadata()).containsEntry("format", "pt");
            }
            assertThat(json(target.resolve("config.json"))).isEqualTo(json(source.resolve("config.json")));
            assertThat(target.resolve("generation_config.json")).exists();
        }
        assertThat(directory.resolve("gpt2_tiny/tokenizer.json"))
                .hasSameBinaryContentAs(Shared.path("golden/models/gpt2_tiny/tokenizer.json"));
    }

    @Test
    void theConfigSaysTheTypeOfTheWeightsAndKeepsEveryOtherKey() throws IOException {
        Path source = Shared.path("golden/models/llama31_rope_untied__bf16");
        export(source, directory.resolve("single"), ExportType.FLOAT32);
        export(source, directory.resolve("original"), ExportType.ORIGINAL);

        ObjectNode expected = (ObjectNode) json(source.resolve("config.json"));
        assertThat(json(directory.resolve("original/config.json"))).isEqualTo(expected);
        expected.put("dtype", "float32");
        assertThat(json(directory.resolve("single/config.json"))).isEqualTo(expected);
        assertThat(dtype("single")).isEqualTo(Dtype.F32);
        assertThat(dtype("original")).isEqualTo(Dtype.BF16);
        assertThat(logprobs(directory.resolve("original"))).isEqualTo(logprobs(source));
    }

    private Dtype dtype(String model) {
        try (SafetensorsFile file =
                SafetensorsFile.open(directory.resolve(model).resolve("model.safetensors"))) {
            return file.dtype("model.norm.weight");
        }
    }

    @Test
    void anEarlierModelIsReplacedAndNothingIsLeftBeside() throws IOException {
        Path target = directory.resolve("model");
        export(Shared.path("golden/models/gpt2_tiny"), target, ExportType.FLOAT32);
        Path llama = Shared.path("golden/models/llama_tiny");
        export(llama, target, ExportType.FLOAT32);
        assertThat(logprobs(target)).isEqualTo(logprobs(llama));
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all).containsExactly(target);
        }
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsNotReplaced() throws IOException {
        Path precious = Files.createDirectories(directory.resolve("thesis")).resolve("chapter1.txt");
        Files.writeString(precious, "years of work");
        assertThatThrownBy(
                        () -> export(Shared.path("golden/models/gpt2_tiny"), precious.getParent(), ExportType.FLOAT32))
                .isInstanceOf(InputException.class)
                .hasMessage(precious.getParent() + ": is not empty and holds no model, so it is not replaced by one");
        assertThat(precious).hasContent("years of work");
    }

    @Test
    void aModelCanReplaceItself() throws IOException {
        Path target = directory.resolve("model");
        export(Shared.path("golden/models/llama_tiny"), target, ExportType.FLOAT32);
        double[] before = logprobs(target);
        export(target, target, ExportType.FLOAT32);
        assertThat(logprobs(target)).isEqualTo(before);
    }
}
