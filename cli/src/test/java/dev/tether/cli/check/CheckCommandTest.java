package dev.tether.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.StepRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CheckCommandTest {
    @TempDir
    Path folder;

    @Test
    void aRunIsCheckedByItsDirectoryAndByItsJournal() {
        RunDirectory run = run("collapsing", 0.5);

        for (Path log : new Path[] {run.root(), run.journal()}) {
            CommandLineRun check = CommandLineRun.of("check", log);

            assertThat(check.exitCode()).isZero();
            assertThat(check.out())
                    .startsWith(log + ": 80 steps, 1 finding\n  warning, step ")
                    .contains(", ENTROPY_COLLAPSE: The policy has become ", "    What to do: raise kl_coef, ")
                    .containsPattern(
                            "\n    -1\\.\\d+  change of the entropy in nats per token since the run began\n      1\\.99  the entropy");
            assertThat(check.out().lines()).allMatch(line -> line.length() <= 100);
        }
    }

    @Test
    void theExitCodeFollowsTheSeverityThatIsAskedFor() {
        RunDirectory collapsing = run("collapsing", 0.5);
        RunDirectory healthy = run("healthy", 2);

        assertThat(CommandLineRun.of("check", healthy.root(), "--fail-on", "info")
                        .exitCode())
                .isZero();
        assertThat(CommandLineRun.of("check", healthy.root()).out())
                .isEqualTo(healthy.root() + ": 80 steps, nothing found\n\n");
        assertThat(CommandLineRun.of("check", healthy.root(), collapsing.root(), "--fail-on", "warning")
                        .exitCode())
                .isEqualTo(1);
        assertThat(CommandLineRun.of("check", collapsing.root(), "--fail-on", "critical")
                        .exitCode())
                .isZero();
        assertThat(CommandLineRun.of("check", collapsing.root(), "--fail-on", "loud"))
                .satisfies(wrong -> assertThat(wrong.exitCode()).isEqualTo(2))
                .satisfies(wrong -> assertThat(wrong.err()).contains("info, warning, critical"));
    }

    @Test
    void aForeignLogIsReadByItsColumnsOneRunAfterAnother() throws IOException {
        StringBuilder csv = new StringBuilder("it,proxy,gold,kl\n");
        for (int run = 0; run < 2; run++) {
            for (int i = 1; i <= 200; i++) {
                double d = i / 80.0;
                double gold = run == 0 ? d * (1.5 - 0.6 * d) : 0.3 * d;
                csv.append("%d,%s,%s,%s\n".formatted(i, d, gold + 0.001 * (i % 3), d * d));
            }
        }
        Path log = Files.writeString(folder.resolve("log.csv"), csv);

        CommandLineRun check = CommandLineRun.of(
                "check",
                log,
                "--json",
                "--column=step=it",
                "--column=score.mean=proxy",
                "--column=gold_score.mean=gold",
                "--column=reference_kl.nats_per_sequence=kl");

        assertThat(check.exitCode()).as(check.err()).isZero();
        JsonNode runs = JsonMapper.shared().readTree(check.out()).get("runs");
        assertThat(runs.size()).isEqualTo(2);
        assertThat(runs.get(0).get("name").stringValue()).isEqualTo(log + ", run 1 of 2");
        JsonNode finding = runs.get(0)
                .get("findings")
                .valueStream()
                .filter(each -> each.get("code").stringValue().equals("GOLD_FALLS_WHILE_SCORE_RISES"))
                .findFirst()
                .orElseThrow();
        assertThat(finding.get("severity").stringValue()).isEqualTo("critical");
        assertThat(finding.get("explanation").get("parts").size()).isEqualTo(4);
        assertThat(runs.get(0).get("overoptimization").get("standing").stringValue())
                .isEqualTo("past_peak");
        assertThat(runs.get(1).get("overoptimization").get("standing").stringValue())
                .isEqualTo("cannot_tell");
    }

    @Test
    void aForeignLogWithoutColumnsIsRefusedWithWhatToDo() throws IOException {
        Path log = Files.writeString(folder.resolve("log.jsonl"), "{\"kl\": 1}\n");

        CommandLineRun check = CommandLineRun.of("check", log);

        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.err())
                .contains(log + " is no journal of Tether: say with --column which of its columns is what");
    }

    private RunDirectory run(String name, double entropyAtTheEnd) {
        RunDirectory directory = RunDirectory.create(folder.resolve(name));
        Random random = new Random(1);
        try (JournalWriter journal = JournalWriter.create(directory.journal())) {
            journal.append(new RunHeader("a", "b", "c", 17, 80));
            for (int step = 1; step <= 80; step++) {
                journal.append(StepRecord.builder(step)
                        .entropy((step < 40 ? 2 : entropyAtTheEnd) + 0.02 * random.nextGaussian())
                        .build());
            }
        }
        return directory;
    }
}
