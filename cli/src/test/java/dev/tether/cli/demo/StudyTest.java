package dev.tether.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.cli.CommandLineRun;
import dev.tether.cli.console.ExitCode;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StudyTest {
    private static final StudyPlan TINY = new StudyPlan(2, 5, List.of(24), List.of(0.2), 12, 2);

    @TempDir
    Path temp;

    @Test
    void aStudyThatWasStoppedGoesOnAsTheSameStudyAndTellsOfEveryRun() throws IOException {
        Path whole = temp.resolve("whole");
        CommandLineRun study = CommandLineRun.of(
                "demo",
                "--study",
                "--steps=2",
                "--seed=5",
                "--study-preferences=24",
                "--study-kl-coefs=0.2",
                "--study-best-of=12",
                "--study-prompts=2",
                "--out=" + whole);
        assertThat(study.err()).isEmpty();
        assertThat(study.exitCode()).isZero();
        assertThat(study.out())
                .startsWith("2 runs of 2 steps, and 2 x 24 samples for the best of 12: about 1 min")
                .contains("2 of 2", "Best of n: the paper finds R = d(α − β d)");
        requireTold(whole);

        Path parts = temp.resolve("parts");
        AtomicInteger asked = new AtomicInteger();
        // asked before each run, and within each after its first step: the fourth time is within the second
        Made stopped = make(parts, () -> asked.incrementAndGet() >= 4);
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(stopped.out()).contains("1 of 2", "stopped; the same command goes on");
        FileTime first = Files.getLastModifiedTime(journal(parts, "no-belt-24"));

        Made rest = make(parts, () -> false);
        assertThat(rest.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(rest.out()).contains("1 of 2 runs are there already").doesNotContain("learning from");
        assertThat(Files.getLastModifiedTime(journal(parts, "no-belt-24"))).isEqualTo(first);
        assertThat(Files.readString(parts.resolve("study.json")))
                .isEqualTo(Files.readString(whole.resolve("study.json")));
    }

    private static void requireTold(Path study) throws IOException {
        JsonNode json = JsonMapper.shared().readTree(Files.readString(study.resolve("study.json")));
        assertThat(json.path("curves").size()).isEqualTo(3);
        assertThat(json.path("curves").path(1).path("kl_coef").asDouble()).isEqualTo(0.2);
        assertThat(json.path("curves").path(1).path("gold").size()).isEqualTo(2);
        JsonNode best = json.path("curves").path(2);
        assertThat(best.path("by").asString()).isEqualTo("best_of_n");
        assertThat(best.path("n").path(6).asInt()).isEqualTo(12);
        assertThat(best.path("nats_bound").path(1).asDouble()).isCloseTo(Math.log(2) - 0.5, within(1e-12));
        assertThat(best.path("gold").path(0).asDouble())
                .isCloseTo(json.path("reference_gold").asDouble(), within(1e-12));
        assertThat(best.path("proxy").path(6).asDouble())
                .isGreaterThan(best.path("proxy").path(0).asDouble());
        assertThat(Files.readString(study.resolve("study.html")))
                .contains("The paper's figure", "Gold, 24 preferences", "no belt", "β = 0.2")
                .doesNotContain("<script", "src=", "href=");
        assertThat(RunDirectory.open(study.resolve("runs/beta-0.2-24")).report())
                .exists();
    }

    @Test
    void anotherPlanInTheSamePlaceIsRefused() throws IOException {
        Files.createDirectories(temp.resolve("s"));
        TINY.keep(temp.resolve("s/plan.json"));
        TINY.keep(temp.resolve("s/plan.json"));
        StudyPlan other = new StudyPlan(3, 5, List.of(24), List.of(0.2), 12, 2);
        assertThatThrownBy(() -> other.keep(temp.resolve("s/plan.json")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds a study of other options");
        Files.writeString(temp.resolve("s/plan.json"), "{");
        assertThatThrownBy(() -> TINY.keep(temp.resolve("s/plan.json")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is no plan of a study");
    }

    @Test
    void choicesGrowByHalvesUpToTheGreatest() {
        assertThat(new StudyPlan(1, 1, List.of(1), List.of(), 64, 1).choices())
                .containsExactly(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64);
        assertThat(new StudyPlan(1, 1, List.of(1), List.of(), 5, 1).choices()).containsExactly(1, 2, 3, 4, 5);
        assertThat(new StudyPlan(1, 1, List.of(1), List.of(), 1, 1).choices()).containsExactly(1);
    }

    @Test
    void optionsOfTheOtherHalfAreRefused() {
        assertThat(CommandLineRun.of("demo", "--study", "--kl-target=3").err())
                .contains("--kl-target cannot be given with --study");
        CommandLineRun demo = CommandLineRun.of("demo", "--study-best-of=4");
        assertThat(demo.err()).contains("--study-best-of needs --study");
        assertThat(demo.exitCode()).isEqualTo(2);
        assertThat(CommandLineRun.of("demo", "--study", "--study-kl-coefs=0.1,-1")
                        .err())
                .contains("--study-kl-coefs -1.0: must be finite and > 0");
    }

    private record Made(int exitCode, String out) {}

    private static Made make(Path out, BooleanSupplier stop) {
        StringWriter said = new StringWriter();
        int exitCode = new StudyRun(TINY, out, new PrintWriter(said), stop).make();
        return new Made(exitCode, said.toString());
    }

    private static Path journal(Path study, String run) {
        return new RunDirectory(study.resolve("runs").resolve(run)).journal();
    }
}
