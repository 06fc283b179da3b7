package dev.tether.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.builtin.BuiltInModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model by its name on a hub, through the command line and the environment, in a process of its own. */
class HubCommandTest {
    @TempDir
    private Path directory;

    @Test
    @Timeout(120)
    void aModelByNameIsFetchedOnceAndThenUsedOffline() throws IOException, InterruptedException {
        Path model = BuiltInModels.inUsersCache().directory("reviews");
        try (StubHub hub = new StubHub()) {
            hub.small("config.json", Files.readString(model.resolve("config.json")));
            hub.small("tokenizer.json", Files.readString(model.resolve("tokenizer.json")));
            hub.large("model.safetensors", Files.readAllBytes(model.resolve("model.safetensors")));
            String fetched = score(hub, "0");
            assertThat(fetched).contains("downloading hf:org/name", "model.safetensors: ", "perplexity");
            int requests = hub.requests.size();
            assertThat(score(hub, "1")).doesNotContain("downloading").contains("perplexity");
            assertThat(hub.requests).hasSize(requests);
        }
    }

    private String score(StubHub hub, String offline) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.tether.cli.Tether",
                        "score",
                        "--model",
                        "hf:org/name",
                        "--text",
                        "It is great!"))
                .redirectErrorStream(true);
        builder.environment().put("HF_ENDPOINT", hub.endpoint().toString());
        builder.environment().put("HF_HUB_CACHE", directory.resolve("hub").toString());
        builder.environment().put("HF_HUB_OFFLINE", offline);
        builder.environment().remove("HF_TOKEN");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
