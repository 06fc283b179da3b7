package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import dev.tether.run.AtomicFiles;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs that train an adapter, and what becomes of it. */
class LoraTrainTest {
    private static final Path SHARED = Path.of(System.getProperty("tether.shared"));
    private static final Path MODEL = SHARED.resolve("models/stories260K");

    @TempDir
    private Path directory;

    private Path prompts;

    @BeforeEach
    void writePrompts() throws IOException {
        assumeTrue(Files.isDirectory(MODEL), "the small model is not here: " + MODEL);
        prompts = Files.writeString(directory.resolve("prompts.txt"), "Once upon a time\nOne day, a cat\nLily\n");
    }

    private CommandLineRun train(Object... more) {
        List<Object> all = new ArrayList<>(List.of("train", "--model", MODEL, "--prompts", prompts));
        all.addAll(List.of("--batch", 8, "--max-new-tokens", 12, "--lora-rank", 4, "--reward", "length:30"));
        all.addAll(List.of("--set", "update.minibatches=2", "--set", "threads=1", "--lr", "3e-3"));
        all.addAll(Arrays.asList(more));
        return CommandLineRun.of(all.toArray());
    }

    @Test
    void anAdapterIsTrainedOnABeltToTheModelBelowIt() throws IOException {
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        CommandLineRun train = train("--out", run.root(), "--steps", 4, "--set", "belt.force_every_steps=2");
        assertThat(train.err()).isEmpty();
        assertThat(train.exitCode()).isZero();
        assertThat(train.out()).contains("adapter", "tether merge");
        assertThat(run.model()).doesNotExist();
        Journal journal = JournalReader.readAll(run.journal());
        assertThat(journal.selfTest().orElseThrow().passed()).isTrue();
        assertThat(journal.beltProbe().orElseThrow().belt().verdict()).contains("attached");
        assertThat(kl(journal, 0)).isBetween(-1e-6, 1e-6);
        assertThat(kl(journal, 3)).isGreaterThan(1e-4);
        Path checkpoint = run.checkpoint(4);
        assertThat(size(checkpoint)).isLessThan(Files.size(MODEL.resolve("model.safetensors")));
    }

    /** Whole distributions of both, read off one set of weights, with the gradient of one of them. */
    @Test
    void theBeltMayActInTheLoss() {
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        CommandLineRun train = train("--out", run.root(), "--steps", 2, "--placement", "rao_blackwell_in_loss");
        assertThat(train.err()).isEmpty();
        assertThat(train.exitCode()).isZero();
        Journal journal = JournalReader.readAll(run.journal());
        assertThat(journal.beltProbe().orElseThrow().belt().verdict()).contains("attached");
        assertThat(kl(journal, 1)).isPositive();
    }

    private static double kl(Journal journal, int step) {
        return journal.steps().get(step).exactKl().orElseThrow().natsPerToken().orElseThrow();
    }

    private static long size(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void mergedAndWithItsAdapterAModelSaysTheSame() {
        Path run = directory.resolve("run");
        Path merged = directory.resolve("merged");
        assertThat(train("--out", run, "--steps", 3).exitCode()).isZero();
        CommandLineRun merge =
                CommandLineRun.of("merge", "--model", MODEL, "--adapter", run.resolve("adapter"), "--out", merged);
        assertThat(merge.err()).isEmpty();
        assertThat(merge.exitCode()).isZero();
        String adapted = greedy("--model", MODEL, "--adapter", run.resolve("adapter"));
        assertThat(greedy("--model", merged)).isEqualTo(adapted);
        assertThat(greedy("--model", MODEL)).isNotEqualTo(adapted);
        assertThat(score("--model", merged)).isEqualTo(score("--model", MODEL, "--adapter", run.resolve("adapter")));
    }

    private static String greedy(Object... model) {
        List<Object> all = new ArrayList<>(List.of("generate", "--prompt", "Once upon a time", "--greedy"));
        all.addAll(Arrays.asList(model));
        CommandLineRun generate = CommandLineRun.of(all.toArray());
        assertThat(generate.err()).isEmpty();
        return generate.out();
    }

    private static String score(Object... model) {
        List<Object> all = new ArrayList<>(List.of("score", "--text", "Once upon a time there was a cat."));
        all.addAll(Arrays.asList(model));
        return CommandLineRun.of(all.toArray()).out();
    }

    @Test
    void aResumedRunTrainsTheSameAdapter() throws IOException {
        RunDirectory whole = new RunDirectory(directory.resolve("run"));
        assertThat(train("--out", whole.root(), "--steps", 4, "--set", "checkpoints.every_steps=2")
                        .exitCode())
                .isZero();
        byte[] adapter = Files.readAllBytes(whole.adapter().resolve("adapter_model.safetensors"));
        List<String> journal = JournalReader.withoutTimes(whole.journal());
        AtomicFiles.delete(whole.checkpoint(4));
        AtomicFiles.delete(whole.adapter());
        CommandLineRun resume = CommandLineRun.of("train", "--resume", whole.root());
        assertThat(resume.err()).isEmpty();
        assertThat(resume.exitCode()).isZero();
        assertThat(JournalReader.withoutTimes(whole.journal())).isEqualTo(journal);
        assertThat(whole.adapter().resolve("adapter_model.safetensors")).hasBinaryContent(adapter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora.target_modules=c_attn | lora.target_modules names \"c_attn\", which no map of the model is called; it"
                        + " has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (all-linear = all of them)",
                "model.value=separate | model.value = separate, must be shared with lora.rank > 0: a value network of its"
                        + " own is a whole second model to train",
                "belt.re_anchor.how=hard_sync;belt.re_anchor.every_steps=2 | belt.re_anchor.how = hard_sync, must be never with"
                        + " lora.rank > 0: the reference is the model with its adapter off, and has no weights to move",
                "lora.rank=-1 | lora.rank = -1, must be at least 0",
                "lora.dropout=0.1 | unknown key lora.dropout"
            })
    void whatCannotBeTrainedIsRefusedInOneLine(String settings, String message) {
        List<Object> more = new ArrayList<>(List.of("--out", directory.resolve("run"), "--steps", 2));
        for (String setting : settings.split(";")) {
            more.addAll(List.of("--set", setting));
        }
        CommandLineRun train = train(more.toArray());
        assertThat(train.exitCode()).isEqualTo(2);
        assertThat(train.err()).startsWith("tether: ").contains(message).hasLineCount(1);
        assertThat(directory.resolve("run")).doesNotExist();
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() throws IOException {
        Path run = directory.resolve("run");
        assertThat(train("--out", run, "--steps", 1).exitCode()).isZero();
        CommandLineRun merge = CommandLineRun.of(
                "merge",
                "--model",
                "builtin:reviews",
                "--adapter",
                run.resolve("adapter"),
                "--out",
                directory.resolve("merged"));
        assertThat(merge.exitCode()).isEqualTo(2);
        assertThat(merge.err()).startsWith("tether: ").hasLineCount(1).contains("adapter_model.safetensors: ");
        assertThat(directory.resolve("merged")).doesNotExist();
    }
}
