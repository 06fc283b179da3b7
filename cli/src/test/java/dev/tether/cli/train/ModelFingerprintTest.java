package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFingerprintTest {
    @TempDir
    private Path directory;

    @Test
    void itChangesWithWeightsConfigurationAndTokenizerAndWithNothingElse() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{}");
        Files.writeString(directory.resolve("model.safetensors"), "weights");
        String before = ModelFingerprint.of(directory);
        assertThat(before).matches("sha256:[0-9a-f]{64}");
        Files.writeString(directory.resolve("README.md"), "hello");
        assertThat(ModelFingerprint.of(directory)).isEqualTo(before);
        Files.writeString(directory.resolve("model.safetensors"), "Weights");
        assertThat(ModelFingerprint.of(directory)).isNotEqualTo(before);
    }
}
