package dev.tether.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
    private static final Path ROOT = Path.of(System.getProperty("tether.root"));

    @Test
    void theReadmeShowsTheExampleThatCompiles() throws IOException {
        String source = Files.readString(ROOT.resolve("examples/src/main/java/dev/tether/examples/TrainFromJava.java"));
        String body = source.substring(
                        source.indexOf("// readme:begin\n") + 16, source.indexOf("        // readme:end"))
                .stripTrailing()
                .stripIndent();
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("```java\n" + body + "\n```");
    }

    @Test
    void lessonOneTrains() {
        Path model = Path.of(System.getProperty("tether.shared"), "models", "stories260K");
        Assumptions.assumeTrue(Files.isDirectory(model), "skipped: no model at " + model + " (-Dtether.shared=…)");
        assertThat(printedBy(() -> TrainFromJava.main(new String[] {model.toString()})))
                .hasSize(5)
                .allMatch(line ->
                        line.matches("score \\d+\\.\\d\\d, KL -?\\d+\\.\\d{3} ± \\d+\\.\\d{3} nats per sequence"));
    }

    @Test
    void lessonTwoListensToAWholeRun(@TempDir Path temp) {
        Path run = temp.resolve("whole");
        List<String> lines = printedBy(() -> ListenToARun.main(new String[] {run.toString(), "1e9"}));
        assertThat(lines.stream().filter(line -> line.matches("step \\d: score -?\\d+\\.\\d\\d, beta \\d\\.\\d{3}")))
                .hasSize(6);
        assertThat(lines)
                .contains("checkpoint step-000002", "checkpoint step-000004", "checkpoint step-000006")
                .endsWith("COMPLETED after 6 steps");
        assertThat(run.resolve("report.html")).isNotEmptyFile();
    }

    @Test
    void lessonTwoEndsTheRunWhereItsListenerSaysSo(@TempDir Path temp) {
        List<String> lines = printedBy(
                () -> ListenToARun.main(new String[] {temp.resolve("short").toString(), "-1e9"}));
        assertThat(lines).contains("checkpoint step-000001").endsWith("INTERRUPTED after 1 steps");
    }

    private static List<String> printedBy(Runnable lesson) {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            lesson.run();
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
