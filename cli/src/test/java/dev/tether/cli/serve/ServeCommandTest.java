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
}
