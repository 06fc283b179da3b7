package dev.tether.cli.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import dev.tether.cli.Tether;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.SampleReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs of more than one process, which are real ones, beside runs of one. */
@Timeout(240)
class ParallelTrainTest {
    private static final double TOLERANCE = 1e-5;
    /** The force is a quotient of differences of inner products of gradients, in single precision. */
    private static final double FORCE_TOLERANCE = 1e-3;

    private static final Path MODEL = Path.of(System.getProperty("tether.shared"), "models/stories260K");

    @TempDir
    private static Path directory;

    private static Path whole;

    @BeforeAll
    static void runWhole() throws IOException {
        assumeTrue(Files.isDirectory(MODEL), "the small model is not here: " + MODEL);
        Files.writeString(
                directory.resolve("prompts.txt"), "Once upon a time\nOne day, a cat\nLily\nThe dog\nTom and his\n");
        whole = directory.resolve("whole");
        assertThat(CommandLineRun.of(train(whole).toArray()).exitCode()).isZero();
    }

    @Test
    void twoProcessesTrainByPpoAsOneDoes() {
        assertTwoTrainAs(whole, "ppo");
    }

    @Test
    void twoProcessesTrainByGrpoAsOneDoes() {
        String[] grpo = {"--algorithm=grpo", "--num-generations=4", "--placement=rao_blackwell_in_loss", "--lr=1e-4"};
        Path one = directory.resolve("grpo-of-one");
        assertThat(CommandLineRun.of(train(one, grpo).toArray()).exitCode()).isZero();
        assertTwoTrainAs(one, "grpo", grpo);
    }

    private static void assertTwoTrainAs(Path one, String name, String... options) {
        Path two = directory.resolve(name + "-of-two");
        List<String> train = train(two, options);
        train.add("--processes=2");
        CommandLineRun run = CommandLineRun.of(train.toArray());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertSameSteps(two, one);
        assertThat(two.resolve("model/model.safetensors")).exists();
    }

    /** The same tokens, and the same figures up to rounding. */
    private static void assertSameSteps(Path actual, Path expected) {
        assertThat(responses(actual)).isDeepEqualTo(responses(expected));
        List<String> figures = JournalReader.withoutTimes(actual.resolve("journal.jsonl"));
        List<String> wanted = JournalReader.withoutTimes(expected.resolve("journal.jsonl"));
        assertThat(figures).hasSameSizeAs(wanted);
        for (int row = 0; row < wanted.size(); row++) {
            Map<String, Double> numbers = numbers(figures.get(row));
            Map<String, Double> others = numbers(wanted.get(row));
            assertThat(numbers.keySet()).isEqualTo(others.keySet());
            others.forEach((key, value) -> {
                double tolerance = key.startsWith(".belt.") ? FORCE_TOLERANCE : TOLERANCE;
                assertThat(numbers.get(key)).as(key).isCloseTo(value, within(tolerance * Math.max(1, Math.abs(value))));
            });
        }
    }

    private static int[][] responses(Path run) {
        try (SampleReader samples = SampleReader.open(run.resolve("samples.jsonl"))) {
            return Stream.generate(samples::next)
                    .takeWhile(Optional::isPresent)
                    .map(sample -> sample.orElseThrow().responseIds())
                    .toArray(int[][]::new);
        }
    }

    private static Map<String, Double> numbers(String row) {
        Map<String, Double> numbers = new TreeMap<>();
        collect(JsonMapper.shared().readTree(row), "", numbers);
        return numbers;
    }

    private static void collect(JsonNode node, String path, Map<String, Double> numbers) {
        if (node.isNumber()) {
            numbers.put(path, node.doubleValue());
        }
        node.properties().forEach(each -> collect(each.getValue(), path + "." + each.getKey(), numbers));
    }

    @Test
    void aKilledProcessEndsTheRunWhichCanBeResumedByOne() throws Exception {
        Path killed = directory.resolve("killed");
        List<String> slow = train(killed, "--processes=2");
        Set<ProcessHandle> before = childrenOfThisProcess();
        CompletableFuture<CommandLineRun> run = CompletableFuture.supplyAsync(() -> CommandLineRun.of(slow.toArray()));
        untilStep(killed, 3);
        ProcessHandle child = onlyNewChild(before);
        child.destroyForcibly();
        CommandLineRun ended = run.get(30, TimeUnit.SECONDS);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(4);
        assertThat(ended.err())
                .isEqualTo("tether: rank 1 is gone: its process " + child.pid()
                        + " was ended by signal 9; go on with: tether train --resume " + killed + "\n");

        CommandLineRun resumed = CommandLineRun.of("train", "--resume", killed);
        assertThat(resumed.exitCode()).isZero();
        assertSameSteps(killed, whole);
    }

    @Test
    void noProcessIsLeftBehindAndAStoppedRunIsResumedByTwo() throws Exception {
        Path run = directory.resolve("first-killed");
        Process first = start(train(run, "--processes=2"), Map.of());
        untilStep(run, 3);
        List<ProcessHandle> children = children(first.toHandle(), Set.of());
        assertThat(children).hasSize(1);
        first.destroyForcibly().waitFor();
        children.get(0).onExit().get(10, TimeUnit.SECONDS);

        CommandLineRun resumed = CommandLineRun.of("train", "--resume", run, "--processes", "2");
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.exitCode()).isZero();
        assertThat(JournalReader.readAll(run.resolve("journal.jsonl")).steps()).hasSize(4);
    }

    @Test
    void aProcessThatHangsEndsTheRun() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "there is no /bin/kill");
        Path run = directory.resolve("hung");
        List<String> slow = train(run, "--processes=2", "--peer-timeout=2");
        Set<ProcessHandle> before = childrenOfThisProcess();
        CompletableFuture<CommandLineRun> running =
                CompletableFuture.supplyAsync(() -> CommandLineRun.of(slow.toArray()));
        untilStep(run, 3);
        ProcessHandle child = onlyNewChild(before);
        new ProcessBuilder("/bin/kill", "-STOP", Long.toString(child.pid()))
                .start()
                .waitFor();
        CommandLineRun ended = running.get(40, TimeUnit.SECONDS);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(4);
        assertThat(ended.err())
                .startsWith("tether: rank 1 does not answer: nothing was heard of it for 2 s at \"")
                .endsWith("\"; go on with: tether train --resume " + run + "\n");
        child.onExit().get(5, TimeUnit.SECONDS);
    }

    @Test
    void processesStartedByHandWithDifferentSettingsAreRefusedAtBothEnds() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        List<String> first = train(directory.resolve("different"));
        List<String> second = train(directory.resolve("different"), "--seed=18");
        Process one = start(first, place(0, port));
        Process two = start(second, place(1, port));
        String message = "tether: seed = 18 at rank 1, and 17 at rank 0: it must be the same at all processes\n";
        assertThat(new String(one.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(message);
        assertThat(new String(two.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(message);
        assertThat(one.waitFor()).isEqualTo(2);
        assertThat(two.waitFor()).isEqualTo(2);
        assertThat(directory.resolve("different")).doesNotExist();
    }

    @Test
    void whatIsNotDividedYetIsRefusedByName() {
        CommandLineRun run = CommandLineRun.of(
                "train",
                "--out=" + directory.resolve("moving"),
                "--model=" + MODEL,
                "--prompts=" + directory.resolve("prompts.txt"),
                "--set=belt.re_anchor.how=hard_sync",
                "--set=belt.re_anchor.every_steps=2",
                "--processes=2");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo(
                        "tether: belt.re_anchor.how: must be never with more than one process: a reference that moves is "
                                + "not divided among them yet\n");
    }

    private static Map<String, String> place(int rank, int port) {
        return Map.of("RANK", "" + rank, "WORLD_SIZE", "2", "MASTER_ADDR", "127.0.0.1", "MASTER_PORT", "" + port);
    }

    private static List<String> train(Path out, String... options) {
        List<String> train = new ArrayList<>(List.of(
                "train",
                "--out=" + out,
                "--model=" + MODEL,
                "--prompts=" + directory.resolve("prompts.txt"),
                "--reward=class:" + SlowLetterReward.class.getName(),
                "--steps=4",
                "--batch=8",
                "--max-new-tokens=8",
                "--set=threads=1",
                "--set=update.epochs=2",
                "--set=belt.force_every_steps=2",
                "--set=checkpoints.every_steps=2"));
        train.addAll(List.of(options));
        return train;
    }

    private static Process start(List<String> arguments, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED", // else JDK 24 and later warn on standard error
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Tether.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        builder.environment().put("TORCH_CPP_LOG_LEVEL", "FATAL");
        return builder.start();
    }

    /** Of this process those that are no remains of an earlier test; by their program, since the arguments may be too long to be told. */
    private static List<ProcessHandle> children(ProcessHandle parent, Set<ProcessHandle> before) {
        return parent.children()
                .filter(child -> !before.contains(child))
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .toList();
    }

    private static ProcessHandle onlyNewChild(Set<ProcessHandle> before) {
        List<ProcessHandle> children = children(ProcessHandle.current(), before);
        assertThat(children).hasSize(1);
        return children.get(0);
    }

    private static Set<ProcessHandle> childrenOfThisProcess() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    private static void untilStep(Path run, int step) throws IOException {
        Path journal = run.resolve("journal.jsonl");
        for (int i = 0; i < 600; i++) {
            if (Files.exists(journal) && Files.readString(journal).contains("\"step\":" + step + ",")) {
                return;
            }
            pause(100);
        }
        throw new AssertionError("no step " + step + " within a minute in " + run);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
