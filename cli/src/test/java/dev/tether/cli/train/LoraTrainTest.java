package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import dev.tether.core.kl.ResponseMask;
import dev.tether.run.AtomicFiles;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.SampleReader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SelfTestResult;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.TorchReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs that train an adapter, and what becomes of it. */
class LoraTrainTest {
    /** One in the last of four decimals, and what parsing adds. */
    private static final double ROUNDING = 1.5e-4;

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
        List<Object> all = new ArrayList<>(List.of("--lora-rank", 4));
        all.addAll(Arrays.asList(more));
        return trainOn(all.toArray());
    }

    private CommandLineRun trainOn(Object... more) {
        List<Object> all = new ArrayList<>(List.of("train", "--model", MODEL, "--prompts", prompts));
        all.addAll(List.of("--batch", 8, "--max-new-tokens", 12, "--reward", "length:30"));
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
        double[] score = score("--model", MODEL, "--adapter", run.resolve("adapter"));
        assertThat(score).hasSizeGreaterThan(20);
        assertThat(score("--model", merged)).containsExactly(score, within(ROUNDING));
        assertThat(score("--model", MODEL)).isNotEqualTo(score);
    }

    private static String greedy(Object... model) {
        List<Object> all = new ArrayList<>(List.of("generate", "--prompt", "Once upon a time", "--greedy"));
        all.addAll(Arrays.asList(model));
        CommandLineRun generate = CommandLineRun.of(all.toArray());
        assertThat(generate.err()).isEmpty();
        return generate.out();
    }

    /** Every figure of four decimals. */
    private static double[] score(Object... model) {
        List<Object> all = new ArrayList<>(List.of("score", "--text", "Once upon a time there was a cat."));
        all.addAll(Arrays.asList(model));
        return Pattern.compile("-?\\d+\\.\\d{4}\\b")
                .matcher(CommandLineRun.of(all.toArray()).out())
                .results()
                .mapToDouble(figure -> Double.parseDouble(figure.group()))
                .toArray();
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

    /** An adapter of rank 4 and alpha 6 on some maps, trained a little. */
    private Path trainedAdapter() {
        RunDirectory run = new RunDirectory(directory.resolve("first"));
        CommandLineRun first = train(
                "--out",
                run.root(),
                "--steps",
                3,
                "--set",
                "lora.alpha=6",
                "--set",
                "lora.target_modules=q_proj,v_proj");
        assertThat(first.exitCode()).as(first.err()).isZero();
        return run.adapter();
    }

    @Test
    void aRunBeginsWhereASavedAdapterEndedAndTheReferenceIsStillTheModelBelowIt() throws IOException {
        Path adapter = trainedAdapter();
        RunDirectory run = new RunDirectory(directory.resolve("second"));
        CommandLineRun second = trainOn("--out", run.root(), "--adapter", adapter, "--steps", 2);
        assertThat(second.err()).isEmpty();
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).contains("policy and reference have other weights");
        Journal journal = JournalReader.readAll(run.journal());
        SelfTestResult selfTest = journal.selfTest().orElseThrow();
        assertThat(selfTest.passed()).isTrue();
        assertThat(selfTest.maxDisagreementNats().orElseThrow()).isGreaterThan(1e-3);
        assertThat(kl(journal, 0)).isGreaterThan(1e-4);
        assertThat(run.report()).content().contains("the policy did not begin as the reference");
        try (TorchPolicyModel saved = LanguageModels.openAdapted(MODEL, adapter, ModelSettings.inference());
                TorchReferenceModel base = LanguageModels.openReference(MODEL, ModelSettings.inference())) {
            assertThat(firstStep(run)).hasSize(8).allSatisfy(sample -> {
                TokenBatch said = new TokenBatch(
                        new int[][] {sample.promptIds()},
                        new int[][] {sample.responseIds()},
                        ResponseMask.all(1, sample.responseIds().length));
                assertThat(sample.logprobs())
                        .containsExactly(saved.evaluate(said, 1).logprobs()[0], within(1e-5));
                assertThat(sample.refLogprobs()).containsExactly(base.logprobs(said, 1)[0], within(1e-5));
            });
        }
        assertThat(run.adapter().resolve("adapter_config.json"))
                .content()
                .contains("\"r\" : 4", "\"lora_alpha\" : 6", "[ \"q_proj\", \"v_proj\" ]");
        assertThat(run.adapter().resolve("adapter_model.safetensors"))
                .satisfies(file -> assertThat(Files.mismatch(file, adapter.resolve(file.getFileName())))
                        .isNotNegative());
    }

    private static List<SampleRecord> firstStep(RunDirectory run) {
        List<SampleRecord> samples = new ArrayList<>();
        try (SampleReader reader = SampleReader.open(run.samples())) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                samples.add(next.get());
            }
        }
        samples.removeIf(sample -> sample.step() != 1);
        return samples;
    }

    @Test
    void aRunThatBeganWithAnAdapterIsResumedOnThatOneOnly() throws IOException {
        Path adapter = trainedAdapter();
        RunDirectory whole = new RunDirectory(directory.resolve("run"));
        trainOn("--out", whole.root(), "--adapter", adapter, "--steps", 4, "--set", "checkpoints.every_steps=2");
        byte[] trained = Files.readAllBytes(whole.adapter().resolve("adapter_model.safetensors"));
        AtomicFiles.delete(whole.checkpoint(4));
        AtomicFiles.delete(whole.adapter());
        CommandLineRun resume = CommandLineRun.of("train", "--resume", whole.root());
        assertThat(resume.exitCode()).as(resume.err()).isZero();
        assertThat(whole.adapter().resolve("adapter_model.safetensors")).hasBinaryContent(trained);
        AtomicFiles.delete(whole.checkpoint(4));
        Files.write(adapter.resolve("adapter_model.safetensors"), trained);
        CommandLineRun other = CommandLineRun.of("train", "--resume", whole.root());
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).hasLineCount(1).contains("it holds an adapter of another model");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora.rank=8 | lora.rank = 8, must be 0 or 4 with lora.adapter, as ",
                "lora.alpha=32 | lora.alpha = 32.0, must be null or 6.0 with lora.adapter, as ",
                "lora.target_modules=all-linear | lora.target_modules = [all-linear], must be [] or [q_proj, v_proj] with",
                "lora.target_modules=c_attn | lora.target_modules names \"c_attn\", which no map of the model is called",
                "lora.adapter=nowhere | nowhere: there is no such adapter directory"
            })
    void aSettingThatIsNotTheAdaptersIsRefusedByName(String setting, String message) {
        Path adapter = trainedAdapter();
        CommandLineRun train =
                trainOn("--out", directory.resolve("run"), "--adapter", adapter, "--steps", 2, "--set", setting);
        assertThat(train.exitCode()).isEqualTo(2);
        assertThat(train.err()).startsWith("tether: ").contains(message).hasLineCount(1);
        assertThat(directory.resolve("run")).doesNotExist();
        CommandLineRun same = trainOn(
                "--out",
                directory.resolve("same"),
                "--adapter",
                adapter,
                "--steps",
                1,
                "--set",
                "lora.rank=4",
                "--set",
                "lora.alpha=6",
                "--set",
                "lora.target_modules=[q_proj, v_proj]");
        assertThat(same.exitCode()).as(same.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora.target_modules=c_attn | lora.target_modules names \"c_attn\", which no map of the model is called; it"
                        + " has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (all-linear = all of them)",
                "model.value=separate | model.value = separate, must be shared with an adapter (lora): a value network of its"
                        + " own is a whole second model to train",
                "belt.re_anchor.how=hard_sync;belt.re_anchor.every_steps=2 | belt.re_anchor.how = hard_sync, must be never with"
                        + " an adapter (lora): the reference is the model with its adapter off, and has no weights to move",
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
