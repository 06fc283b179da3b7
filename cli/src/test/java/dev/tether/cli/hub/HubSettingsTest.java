package dev.tether.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubSettingsTest {
    @TempDir
    private Path home;

    @Test
    void withoutVariablesThingsAreWhereHuggingFaceHasThem() throws IOException {
        assertThat(HubSettings.of(Map.of(), home))
                .isEqualTo(new HubSettings(
                        URI.create("https://huggingface.co"),
                        home.resolve(".cache/huggingface/hub"),
                        Optional.empty(),
                        false));
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), "hf_file\n");
        assertThat(HubSettings.of(Map.of("HF_TOKEN", " "), home).token()).contains("hf_file");
        assertThat(HubSettings.of(Map.of("HF_TOKEN", "hf_variable"), home).token())
                .contains("hf_variable");
    }

    @Test
    void everyVariableIsHonoured() {
        HubSettings settings = HubSettings.of(
                Map.of("HF_ENDPOINT", "http://mirror:81/hf/", "HF_HOME", "/a/b", "HF_HUB_OFFLINE", "True"), home);
        assertThat(settings.endpoint()).isEqualTo(URI.create("http://mirror:81/hf"));
        assertThat(settings.cache()).isEqualTo(Path.of("/a/b/hub"));
        assertThat(settings.isOffline()).isTrue();
        assertThat(HubSettings.of(Map.of("HF_HOME", "/a", "HF_HUB_CACHE", "~/c"), home)
                        .cache())
                .isEqualTo(home.resolve("c"));
        assertThat(HubSettings.of(Map.of("XDG_CACHE_HOME", "/x"), home).cache())
                .isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(HubSettings.of(Map.of("HF_HUB_OFFLINE", "0"), home).isOffline())
                .isFalse();
    }

    @Test
    void wrongVariablesAreRefusedAndTheTokenNotTold() {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_TOKEN", "hf_a\nb"), home))
                .isInstanceOf(InputException.class)
                .message()
                .doesNotContain("hf_a");
        for (String endpoint : List.of("huggingface.co", "ftp://x", "https://user:pw@x", "http://", "https://x?y=1")) {
            assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint), home))
                    .as(endpoint)
                    .isInstanceOf(InputException.class)
                    .message()
                    .doesNotContain("pw");
        }
    }

    @Test
    void namesAreNamesAndNothingThatLeavesAFolder() {
        assertThat(HubName.parse("hf:org/Qwen2.5-0.5B_x@refs/pr/1"))
                .isEqualTo(new HubName("org/Qwen2.5-0.5B_x", "refs/pr/1"))
                .hasToString("hf:org/Qwen2.5-0.5B_x@refs/pr/1");
        assertThat(HubName.parse("hf:gpt2"))
                .isEqualTo(new HubName("gpt2", "main"))
                .hasToString("hf:gpt2");
        for (String wrong : List.of(
                "hf:",
                "hf:/a",
                "hf:a/",
                "hf:../a",
                "hf:a/..",
                "hf:a/b/c",
                "hf:a--/b",
                "hf:a/.b",
                "hf:a/b@",
                "hf:a/b@../../x",
                "hf:a/b@x/..",
                "hf:a b/c",
                "hf:a/b?x=1",
                "hf:a/b#x",
                "hf:a/b%2e",
                "hf:a/b@x\n",
                "hf:" + "a".repeat(97))) {
            assertThatThrownBy(() -> HubName.parse(wrong)).as(wrong).isInstanceOf(InputException.class);
        }
    }
}
