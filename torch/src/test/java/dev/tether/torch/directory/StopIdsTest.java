package dev.tether.torch.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import dev.tether.torch.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopIdsTest {
    @TempDir
    Path directory;

    private int[] stopIds(String generationConfig) throws IOException {
        TinyModel.write(directory);
        Files.writeString(directory.resolve("generation_config.json"), generationConfig);
        return ModelDirectory.ofLanguageModel(directory).stopIds();
    }

    @Test
    void generationConfigNamesOneOrSeveral() throws IOException {
        assertThat(stopIds("{\"eos_token_id\": 7}")).containsExactly(7);
        assertThat(stopIds("{\"eos_token_id\": [1, 5]}")).containsExactly(1, 5);
    }

    @Test
    void configSpeaksWhereGenerationConfigIsSilent() throws IOException {
        assertThat(stopIds("{\"max_length\": 20}")).containsExactly(2);
        assertThat(stopIds("{\"eos_token_id\": null}")).containsExactly(2);
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() -> stopIds("{\"eos_token_id\": \"</s>\"}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("generation_config.json: eos_token_id = \"</s>\"");
    }
}
