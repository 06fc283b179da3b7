package dev.tether.torch.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.Shared;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first GPT-2 checkpoints leave out the prefix of their names and carry the causal mask as a tensor. */
class CheckpointNamesTest {
    private static final int[] TEXT = {1, 5, 9, 17, 33, 65};

    @TempDir
    Path directory;

    @Test
    void aCheckpointOfTheBareTrunkIsReadAndWrittenInItsOwnNames() throws IOException {
        Path whole = Shared.path("golden/models/gpt2_tiny");
        Path bare = Files.createDirectory(directory.resolve("bare"));
        Files.copy(whole.resolve("config.json"), bare.resolve("config.json"));
        writeBare(whole.resolve("model.safetensors"), bare.resolve("model.safetensors"));
        Path again = directory.resolve("again");
        try (TorchPolicyModel expected = LanguageModels.openPolicy(whole, ModelSettings.inference());
                TorchPolicyModel actual = LanguageModels.openPolicy(bare, ModelSettings.inference())) {
            assertThat(actual.score(TEXT).logprobs())
                    .isEqualTo(expected.score(TEXT).logprobs());
            actual.export(again);
        }
        try (SafetensorsFile exported = SafetensorsFile.open(again.resolve("model.safetensors"))) {
            assertThat(exported.names())
                    .contains("wte.weight", "h.0.attn.c_attn.bias")
                    .doesNotContain("h.0.attn.bias");
        }
    }

    private static void writeBare(Path from, Path to) {
        Scoped.run(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            try (SafetensorsFile file = SafetensorsFile.open(from)) {
                file.names().forEach(name -> tensors.put(name.replace("transformer.", ""), file.tensor(name)));
            }
            tensors.put("h.0.attn.bias", torch.ones(1, 1, 8, 8));
            try {
                SafetensorsWriter.write(to, tensors, Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
