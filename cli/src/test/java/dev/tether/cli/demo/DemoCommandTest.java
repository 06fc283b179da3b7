package dev.tether.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir
    Path temp;

    @Test
    void threeRunsOfOneLearnedRewardAreToldInWordsAndOnAPage() throws IOException {
        Path out = temp.resolve("demo");
        CommandLineRun demo = CommandLineRun.of("demo", "--out=" + out, "--steps=2", "--preferences=64", "--seed=3");
        assertThat(demo.err()).isEmpty();
        assertThat(demo.exitCode()).isZero();
        assertThat(demo.out())
                .contains("it agrees with", "of 16 preferences", "1. no belt", "2. a fixed", "3. a KL budget")
                .contains("no-belt: ", "fixed: ", "budget: ", "demo.html");
        assertThat(out.resolve("reward.json")).isNotEmptyFile();
        assertThat(Files.readString(out.resolve("demo.html"))).contains("What was really wanted");
        assertThat(out.resolve("report.html")).isNotEmptyFile();
        for (String run : new String[] {"no-belt", "fixed", "budget"}) {
            StepRecord last = JournalReader.readAll(new RunDirectory(out.resolve(run)).journal())
                    .steps()
                    .get(1);
            assertThat(last.goldScore().orElseThrow().mean()).isBetween(0.0, 1.0);
            assertThat(last.klCoef().orElseThrow() == 0).isEqualTo(run.equals("no-belt"));
        }
    }

    @Test
    void anEarlierDemoIsNotOverwritten() throws IOException {
        Files.createDirectories(temp.resolve("demo/fixed"));
        CommandLineRun demo = CommandLineRun.of("demo", "--out=" + temp.resolve("demo"), "--steps=1");
        assertThat(demo.exitCode()).isEqualTo(2);
        assertThat(demo.err()).contains(temp.resolve("demo/fixed") + " is there already");
        assertThat(CommandLineRun.of("demo", "--steps=0").err()).contains("--steps 0: must be at least 1");
    }
}
