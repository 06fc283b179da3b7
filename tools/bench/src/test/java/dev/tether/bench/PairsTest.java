package dev.tether.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) throws InterruptedException {
        return Pairs.run(new PrintStream(out), new PrintStream(err), arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** A command that says its figure, and is told by a file how often it was called. */
    private static String[] saying(double seconds, Path calls, String name) {
        return new String[] {
            "sh",
            "-c",
            "echo " + name + " >> " + calls + "; echo 'BENCH_EVENT {\"name\":\"ready\",\"t\":1}'; echo noise; "
                    + "echo 'BENCH_RESULT {\"s_per_step\":" + seconds + ",\"phases\":{\"update\":" + seconds / 2 + "}}'"
        };
    }

    @Test
    void commandsTakeTurnsAndTheirRatioIsTold(@TempDir Path directory) throws Exception {
        Path calls = directory.resolve("calls");
        String[] a = saying(4, calls, "A");
        String[] b = saying(2, calls, "B");
        int code = run("--pairs", "3", "--", a[0], a[1], a[2], "--", b[0], b[1], b[2]);
        assertThat(err()).isEmpty();
        assertThat(code).isZero();
        assertThat(Files.readAllLines(calls)).containsExactly("A", "B", "A", "B", "A", "B");
        assertThat(out().lines())
                .contains("medians of 3 pairs (min .. max)")
                .anyMatch(
                        line -> line.matches("s_per_step +4\\.000 \\(4\\.000 \\.\\. 4\\.000\\) +2\\.000 .* 0\\.500 .*"))
                .anyMatch(line -> line.startsWith("phases.update"))
                .anyMatch(line -> line.startsWith("peak_rss_mb"))
                .noneMatch(line -> line.startsWith("gen_tok_per_s"));
    }

    @Test
    void ratiosAreThoseOfPairsAndNotOfMedians() {
        Comparison comparison = new Comparison(
                List.of(Map.of("s", 1.0), Map.of("s", 10.0), Map.of("s", 4.0)),
                List.of(Map.of("s", 2.0), Map.of("s", 5.0), Map.of("s", 4.0)));
        List<Comparison.Spread> spreads = comparison.of("s");
        assertThat(spreads.get(0)).isEqualTo(new Comparison.Spread(4, 1, 10));
        assertThat(spreads.get(1)).isEqualTo(new Comparison.Spread(4, 2, 5));
        assertThat(spreads.get(2)).isEqualTo(new Comparison.Spread(1, 0.5, 2));
    }

    @Test
    void memoryOfAllThatTheCommandStartsCounts(@TempDir Path directory) throws Exception {
        // tail keeps what it will say until all is read, and then until somebody listens
        List<String> holding =
                List.of("sh", "-c", "sh -c 'head -c 67108864 /dev/zero | tail -c 67108864 | (sleep 1; wc -c)'; true");
        double peak =
                new MeasuredCommand(holding, directory.resolve("log")).run().get("peak_rss_mb");
        assertThat(peak).isBetween(64.0, 200.0);
    }

    @Test
    void whatACommandSaysBesideItsFiguresGoesToTheLog(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("log");
        Map<String, Double> figures =
                new MeasuredCommand(List.of("sh", "-c", "echo talk; echo complaint >&2; sleep 0.2"), log).run();
        assertThat(Files.readAllLines(log)).containsExactlyInAnyOrder("talk", "complaint");
        assertThat(figures.get("wall_s")).isBetween(0.2, 60.0);
    }

    @Test
    void aFailingCommandEndsTheMeasurement() throws Exception {
        assertThat(run("--", "sh", "-c", "exit 3", "--", "true")).isEqualTo(1);
        assertThat(err()).isEqualTo("pairs: sh -c exit 3: ended with 3; see /dev/null\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void wrongUsageIsSaidInOneLine() throws Exception {
        assertThat(run("--", "true")).isEqualTo(2);
        assertThat(err()).startsWith("pairs: two commands are needed, each after --\nusage: ");
        assertThat(run("--pairs", "0", "--", "true", "--", "true")).isEqualTo(2);
        assertThat(err()).contains("pairs: --pairs 0, must be at least 1");
        assertThat(run("--pair", "2", "--", "true", "--", "true")).isEqualTo(2);
        assertThat(err()).contains("pairs: unknown option --pair");
    }

    @Test
    void scriptsAreExecutableAndGrowthKnowsItsTables() throws IOException, InterruptedException {
        Path here = Path.of(System.getProperty("tether.root"), "tools", "bench");
        assertThat(List.of("pairs", "kernels", "growth")).allMatch(name -> Files.isExecutable(here.resolve(name)));
        Process growth = new ProcessBuilder(here.resolve("growth").toString(), "MODEL", "depth")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(growth.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("growth: depth: must be batch, responses or vocabulary\n");
        assertThat(growth.waitFor()).isEqualTo(2);
    }
}
