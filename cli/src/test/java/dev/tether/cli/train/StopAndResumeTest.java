package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import dev.tether.cli.Tether;
import dev.tether.run.journal.JournalReader;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that was stopped and resumed is the run that was never stopped, bit for bit. */
@Timeout(300)
class StopAndResumeTest {
    /** Takes its time, so that a signal arrives in the middle of the run. */
    public static final class SlowReward implements RewardModel {
        @Override
        public double[] score(List<Episode> episodes) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return episodes.stream().mapToDouble(e -> e.response().length()).toArray();
        }
    }

    private static final int STEPS = 6;
    private static final Path MODEL = Path.of(System.getProperty("tether.shared"), "models/stories260K");

    @TempDir
    private static Path directory;

    private static Path whole;
    private Path stopped;

    @BeforeAll
    static void runWhole() throws IOException {
        assumeTrue(Files.isDirectory(MODEL), "the small model is not here: " + MODEL);
        assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "there is no /bin/kill");
        Files.writeString(directory.resolve("prompts.txt"), "Once upon a time\nOne day, a cat\nLily\n");
        whole = directory.resolve("whole");
        assertThat(CommandLineRun.of(train(whole).toArray()).exitCode()).isZero();
    }

    @Test
    void afterCtrlC() throws Exception {
        stopped = directory.resolve("interrupted");
        Process process = start();
        List<String> lines = untilStep(process, 2);
        signal(process, interruptIsIgnored() ? "-TERM" : "-INT");
        lines.addAll(rest(process));
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(lines).anyMatch(line -> line.contains("tether train --resume " + stopped));
        assertThat(stopped.resolve("report.html")).exists();
        resumedEqualsWhole();
    }

    @Test
    void afterSigkill() throws Exception {
        stopped = directory.resolve("killed");
        Process process = start();
        untilStep(process, 3);
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        resumedEqualsWhole();
    }

    /** A job started in the background by a script ignores INT, and so do its children; TERM asks as politely. */
    private static boolean interruptIsIgnored() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(mask -> (mask & 2) != 0);
    }

    private void resumedEqualsWhole() throws IOException {
        assertThat(JournalReader.readAll(stopped.resolve("journal.jsonl")).steps())
                .hasSizeLessThan(STEPS);
        CommandLineRun resume = CommandLineRun.of("train", "--resume", stopped);
        assertThat(resume.err()).isEmpty();
        assertThat(resume.exitCode()).isZero();
        assertThat(JournalReader.withoutTimes(stopped.resolve("journal.jsonl")))
                .isEqualTo(JournalReader.withoutTimes(whole.resolve("journal.jsonl")));
        assertThat(stopped.resolve("samples.jsonl")).hasSameBinaryContentAs(whole.resolve("samples.jsonl"));
        Path weights = Path.of("model", "model.safetensors");
        assertThat(stopped.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
        Path optimizer = Path.of("checkpoints", "step-00000" + STEPS, "policy", "optimizer.safetensors");
        assertThat(stopped.resolve(optimizer)).hasSameBinaryContentAs(whole.resolve(optimizer));
    }

    private static List<Object> train(Path out) {
        return List.of(
                "train",
                "--model=" + MODEL,
                "--prompts=" + directory.resolve("prompts.txt"),
                "--reward=class:" + SlowReward.class.getName(),
                "--steps=" + STEPS,
                "--batch=4",
                "--max-new-tokens=6",
                "--set=checkpoints.every_steps=2",
                "--out=" + out);
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Tether.class.getName()));
        train(stopped).forEach(word -> command.add(word.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static List<String> untilStep(Process process, int step) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader reader = reader(process);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.add(line);
            if (line.contains(step + "/" + STEPS)) {
                return lines;
            }
        }
        throw new AssertionError("the run ended before step " + step + ":\n" + String.join("\n", lines));
    }

    private static List<String> rest(Process process) throws IOException {
        return new ArrayList<>(reader(process).lines().toList());
    }

    private static BufferedReader reader(Process process) {
        return process.inputReader(StandardCharsets.UTF_8);
    }

    private static void signal(Process process, String signal) throws Exception {
        new ProcessBuilder("/bin/kill", signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }
}
