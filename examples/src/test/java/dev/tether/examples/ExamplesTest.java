package dev.tether.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

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
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            TrainFromJava.main(new String[] {model.toString()});
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(5)
                .allMatch(line ->
                        line.matches("score \\d+\\.\\d\\d, KL -?\\d+\\.\\d{3} ± \\d+\\.\\d{3} nats per sequence"));
    }
}
