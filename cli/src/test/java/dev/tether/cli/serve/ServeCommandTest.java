package dev.tether.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import dev.tether.cli.Tether;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class ServeCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("one run at (http://127\\.0\\.0\\.1:\\d+/)\\s");

    private static final Pattern INGEST = Pattern.compile("tell their runs at (http://127\\.0\\.0\\.1:\\d+/\\S+) ");

    @TempDir
    Path run;

    @BeforeEach
    void beginRun() throws Exception {
        Files.writeString(run.resolve("journal.jsonl"), "");
    }

    @Test
    void itPrintsWhereThePageIsAndServesItUntilItIsStopped() throws Exception {
        StringWriter out = new StringWriter();
        CommandLine tether = Tether.commandLine();
        tether.setOut(new PrintWriter(out));
        FutureTask<Integer> serving = new FutureTask<>(() -> tether.execute("serve", run.toString(), "--port", "0"));
        Thread thread = new Thread(serving);
        thread.start();
        Matcher address = ADDRESS.matcher("");
        while (!address.reset(out.toString()).find()) {
            Thread.sleep(20);
        }
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address.group(1))).build();
        HttpResponse<String> page = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(page.body()).contains("<title>Tether</title>");
        assertThat(out.toString()).contains("Ctrl-C ends it").doesNotContain("token");
        thread.interrupt();
        assertThat(serving.get()).isZero();
    }

    @Test
    void whatCannotBeServedIsRefusedInOneLine() {
        CommandLineRun absent = CommandLineRun.of("serve", run.resolve("absent"));
        assertThat(absent.exitCode()).isEqualTo(2);
        assertThat(absent.err()).hasLineCount(1).contains("no such directory");
        CommandLineRun port = CommandLineRun.of("serve", run, "--port", "70000");
        assertThat(port.exitCode()).isEqualTo(2);
        assertThat(port.err()).hasLineCount(1).contains("port = 70000, must be from 0 to 65535");
    }

    @Test
    void withIngestATrainerOpensARunByTheTokenOfTheFile() throws Exception {
        Path directory = run.resolve("new/runs");
        Path token = Files.writeString(run.resolve("token"), "correct-horse-battery\n");
        StringWriter out = new StringWriter();
        CommandLine tether = Tether.commandLine();
        tether.setOut(new PrintWriter(out));
        FutureTask<Integer> serving = new FutureTask<>(() -> tether.execute(
                "serve", directory.toString(), "--port", "0", "--ingest", "--token-file", token.toString()));
        Thread thread = new Thread(serving);
        thread.start();
        Matcher address = INGEST.matcher("");
        while (!address.reset(out.toString()).find()) {
            Thread.sleep(20);
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(address.group(1)))
                .header("Authorization", "Bearer correct-horse-battery")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"one\", \"steps\": 3}"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(directory.resolve("one/journal.jsonl")).isNotEmptyFile();
        assertThat(out.toString()).contains("with the token of " + token).doesNotContain("correct-horse");
        thread.interrupt();
        assertThat(serving.get()).isZero();
    }

    @Test
    void tokensAreFoundInFileEnvironmentOrDrawn() throws Exception {
        Path file = Files.writeString(run.resolve("token"), " file-file-file-file \n");
        Map<String, String> environment = Map.of(IngestToken.VARIABLE, "environment-token-1");
        assertThat(IngestToken.find(file, environment).token().text()).isEqualTo("file-file-file-file");
        assertThat(IngestToken.find(null, environment).token().text()).isEqualTo("environment-token-1");
        IngestToken drawn = IngestToken.find(null, Map.of());
        assertThat(drawn.shown()).hasSize(22).isEqualTo(drawn.token().text());
        assertThat(drawn).isNotEqualTo(IngestToken.find(null, Map.of()));
    }

    @Test
    void whatIsWrongWithIngestIsToldInOneLine() throws Exception {
        Path weak = Files.writeString(run.resolve("token"), "short");
        assertThat(CommandLineRun.of("serve").err()).contains("Missing required parameter: 'RUN'");
        assertThat(CommandLineRun.of("serve", run, "--token-file", weak).err()).contains("goes with --ingest");
        CommandLineRun tooShort = CommandLineRun.of("serve", run.resolve("new"), "--ingest", "--token-file", weak);
        assertThat(tooShort.exitCode()).isEqualTo(2);
        assertThat(tooShort.err()).hasLineCount(1).contains("the token has 5 characters, must be 16 to 256");
        CommandLineRun aRun = CommandLineRun.of("serve", run, "--ingest", "--port", "0");
        assertThat(aRun.exitCode()).isEqualTo(2);
        assertThat(aRun.err()).hasLineCount(1).contains("is a run, must be a directory of runs");
    }
}
