package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tether.cli.CommandLineRun;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.StepRecord;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of a tiny model, through the command line. */
class TrainCommandTest {
    /** Fails at its third call, on the second sample. */
    public static final class FailingReward implements RewardModel {
        private int calls;

        @Override
        public double[] score(List<Episode> episodes) {
            double[] scores = new double[episodes.size()];
            scores[1] = ++calls == 3 ? Double.NaN : 1;
            return scores;
        }
    }

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

    @Test
    void aRunLeavesEverythingItPromises() {
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        CommandLineRun train = train("--out", run.root(), "--steps", 3);
        assertThat(train.err()).isEmpty();
        assertThat(train.exitCode()).isZero();
        assertThat(train.out())
                .contains("1/3", "2/3", "3/3", "done", run.report().toString());
        assertThat(run.settings()).content().contains("steps: 3");
        assertThat(run.samples()).content().hasLineCount(3 * 4);
        assertThat(run.report()).content().contains("<html");
        assertThat(run.model().resolve("model.safetensors")).exists();
        Journal journal = JournalReader.readAll(run.journal());
        assertThat(journal.steps()).hasSize(3);
        assertThat(journal.steps()
                        .get(0)
                        .referenceKl()
                        .orElseThrow()
                        .natsPerSequence()
                        .orElseThrow())
                .isCloseTo(0, within(1e-5));
        assertThat(journal.end()).isPresent();
    }

    @Test
    void theTrainedModelGeneratesAndDiffersFromItsStart() {
        Path run = directory.resolve("run");
        train("--out", run, "--steps", 2, "--lr", "1e-3");
        CommandLineRun generated = CommandLineRun.of(
                "generate",
                "--model",
                run.resolve("model"),
                "--against",
                MODEL,
                "--prompt",
                "Once",
                "--max-new-tokens",
                4);
        assertThat(generated.err()).isEmpty();
        assertThat(generated.out()).startsWith("Once").contains("log-ratio").doesNotContain("log-ratio 0.0000 nats");
    }

    @Test
    void aBeltThatHoldsNothingOrAnotherKlIsWarnedOfInOneLine() {
        CommandLineRun none = train("--out", directory.resolve("none"), "--steps", 1, "--placement", "k1_in_loss");
        assertThat(none.exitCode()).isZero();
        assertThat(none.err())
                .hasLineCount(1)
                .startsWith("tether: warning: belt.placement = k1_in_loss exerts no force");
        CommandLineRun forward = train("--out", directory.resolve("fwd"), "--steps", 1, "--placement", "k3_in_loss");
        assertThat(forward.err()).hasLineCount(1).contains("k3_in_loss pulls by the forward KL(reference || policy)");
        CommandLineRun sound = train("--out", directory.resolve("sound"), "--steps", 1, "--placement", "k2_in_loss");
        assertThat(sound.err()).isEmpty();
        assertThat(sound.out()).contains("k2_in_loss");
    }

    @Test
    void conversationsAreWrittenByTheTemplateThatIsNamed() throws IOException {
        Path chats = Files.writeString(
                directory.resolve("chats.jsonl"), "{\"prompt\": [{\"role\": \"user\", \"content\": \"Say hi.\"}]}\n");
        CommandLineRun none = train("--prompts", chats);
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).hasLineCount(1).contains("has no chat template", "set prompts.chat_template to one of");
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        CommandLineRun named =
                train("--prompts", chats, "--out", run.root(), "--steps", 1, "--set", "prompts.chat_template=zephyr");
        assertThat(named.err()).isEmpty();
        assertThat(run.samples()).content().contains("<|user|>\\nSay hi.");
    }

    @Test
    void aRewardModelIsTrainedOnAndAnotherMeasured() throws IOException {
        Path classifier = classifier(directory.resolve("classifier"));
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        CommandLineRun train = train(
                "--out",
                run.root(),
                "--steps",
                1,
                "--reward",
                "model:" + classifier,
                "--set",
                "reward.gold=model:" + classifier);
        assertThat(train.err()).isEmpty();
        StepRecord step = JournalReader.readAll(run.journal()).steps().get(0);
        double score = step.score().orElseThrow().mean();
        assertThat(score).isNotZero();
        assertThat(step.goldScore().orElseThrow().mean()).isEqualTo(score);
        CommandLineRun missing = train("--reward", "model:" + MODEL);
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).hasLineCount(1).contains("has no head that scores");
    }

    /** The small model with a head that scores. */
    private static Path classifier(Path target) throws IOException {
        Files.createDirectory(target);
        Files.copy(MODEL.resolve("tokenizer.json"), target.resolve("tokenizer.json"));
        String config = Files.readString(MODEL.resolve("config.json"));
        Files.writeString(target.resolve("config.json"), config.replace("ForCausalLM", "ForSequenceClassification"));
        Scoped.run(() -> {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            try (SafetensorsFile file = SafetensorsFile.open(MODEL.resolve("model.safetensors"))) {
                file.names().forEach(name -> tensors.put(name, file.tensor(name).clone()));
                tensors.put("score.weight", torch.ones(1, file.shape("model.norm.weight")[0]));
                SafetensorsWriter.write(target.resolve("model.safetensors"), tensors, Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return target;
    }

    @Test
    void theSameSeedGivesTheSameJournal() {
        train("--out", directory.resolve("a"), "--steps", 2, "--seed", 5);
        train("--out", directory.resolve("b"), "--steps", 2, "--seed", 5);
        train("--out", directory.resolve("c"), "--steps", 2, "--seed", 6);
        assertThat(journal("a")).isEqualTo(journal("b")).isNotEqualTo(journal("c"));
    }

    @Test
    void aFileOfSettingsIsReadAndShownSettingsAreOne() throws IOException {
        CommandLineRun shown = train("--show-settings", "--steps", 2);
        assertThat(directory.resolve("runs")).doesNotExist();
        Path config = Files.writeString(directory.resolve("run.yaml"), shown.out());
        assertThat(CommandLineRun.of("train", config, "--out", directory.resolve("run"))
                        .exitCode())
                .isZero();
        assertThat(JournalReader.readAll(directory.resolve("run/journal.jsonl")).steps())
                .hasSize(2);
    }

    @Test
    void aFinishedRunIsReportedAgain() throws IOException {
        Path run = directory.resolve("run");
        train("--out", run, "--steps", 2);
        Files.delete(run.resolve("report.html"));
        CommandLineRun report = CommandLineRun.of("report", run, "--picture", directory.resolve("kl.svg"));
        assertThat(report.exitCode()).isZero();
        assertThat(report.out())
                .contains("mean KL", "mean reward", run.resolve("report.html").toString());
        assertThat(run.resolve("report.html")).exists();
        assertThat(directory.resolve("kl.svg")).content().contains("<svg");
    }

    @Test
    void aRewardThatIsNoNumberEndsTheRunByName() {
        Path run = directory.resolve("run");
        CommandLineRun train = train("--out", run, "--steps", 5, "--reward", "class:" + FailingReward.class.getName());
        assertThat(train.exitCode()).isEqualTo(2);
        assertThat(train.err()).contains("returned NaN for sample 1 of step 3").hasLineCount(1);
        assertThat(JournalReader.readAll(run.resolve("journal.jsonl")).steps()).hasSize(2);
    }

    @Test
    void aRunThatDivergesSaysSoAndIsReported() {
        Path run = directory.resolve("run");
        CommandLineRun train = train("--out", run, "--steps", 4, "--lr", "1e30");
        assertThat(train.exitCode()).isEqualTo(3);
        assertThat(train.err()).startsWith("tether: training diverged at step ").hasLineCount(1);
        assertThat(run.resolve("report.html")).exists();
        assertThat(JournalReader.readAll(run.resolve("journal.jsonl"))
                        .end()
                        .orElseThrow()
                        .outcome())
                .isEqualTo(RunEnd.Outcome.DIVERGED);
    }

    @Test
    void aRunThatFailsBeforeItsFirstStepLeavesNothing() throws IOException {
        refused("Infinity for sample 0", "--reward", "class:" + InfiniteReward.class.getName());
    }

    /** Fails at once. */
    public static final class InfiniteReward implements RewardModel {
        @Override
        public double[] score(List<Episode> episodes) {
            double[] scores = new double[episodes.size()];
            Arrays.fill(scores, Double.POSITIVE_INFINITY);
            return scores;
        }
    }

    @Test
    void badModelsAreRefusedBeforeAnythingIsWritten() throws IOException {
        refused("there is no model directory", "--model", directory.resolve("absent"));
        Path mamba = Files.createDirectory(directory.resolve("mamba"));
        Files.copy(MODEL.resolve("tokenizer.json"), mamba.resolve("tokenizer.json"));
        Files.writeString(mamba.resolve("config.json"), "{\"model_type\": \"mamba\"}");
        refused("model_type = \"mamba\", is not supported; supported: llama, ", "--model", mamba);
        refused("model.safetensors", "--model", tornModel());
        refused("builtin:nothing", "--model", "builtin:nothing");
    }

    @Test
    void badPromptsAreRefusedBeforeAnythingIsWritten() throws IOException {
        refused("has no prompt", "--prompts", Files.writeString(directory.resolve("empty.txt"), "\n"));
        refused(
                "line 2 is not JSON",
                "--prompts",
                Files.writeString(directory.resolve("p.jsonl"), "{\"prompt\":\"a\"}\n{"));
        String tooLong = "One day. " + "A cat sat. ".repeat(400);
        refused(
                "long.txt line 2: the prompt's",
                "--prompts",
                Files.writeString(directory.resolve("long.txt"), "Once\n" + tooLong + "\n"));
    }

    @Test
    void badSettingsAreRefusedBeforeAnythingIsWritten() throws IOException {
        Path config = Files.writeString(directory.resolve("bad.yaml"), "seed: 3\nupdate:\n  epoch: 2\n");
        refused("bad.yaml:3:3: unknown key update.epoch", config);
        refused("--steps 0: ", "--steps", 0);
        refused("no known kind", "--reward", "praise");
        refused("onnx:/a#label=b\": the label must be a whole number from 0 on", "--reward", "onnx:/a#label=b");
        refused("/absent/tokenizer.json: there is no such file", "--reward", "onnx:/absent#label=1");
    }

    @Test
    void aPlaceThatCannotHoldARunIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "mine");
        assertThat(train("--out", file).err()).startsWith("tether: ").contains(file.toString(), "it is a file");
        assertThat(train("--out", file.resolve("run")).exitCode()).isEqualTo(2);
        assertThat(file).hasContent("mine");
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.writeString(full.resolve("letter.txt"), "mine");
        assertThat(train("--out", full).err()).contains("is not empty and not a run");
        assertThat(full).isDirectoryContaining(path -> path.endsWith("letter.txt"));
    }

    @Test
    void resumeTakesNoOtherSettings() {
        Path run = directory.resolve("run");
        train("--out", run, "--steps", 2);
        CommandLineRun resume = CommandLineRun.of("train", "--resume", run, "--steps", 9);
        assertThat(resume.exitCode()).isEqualTo(2);
        assertThat(resume.err()).contains("no other option");
        assertThat(CommandLineRun.of("train", "--resume", directory.resolve("absent"))
                        .err())
                .contains("no such directory");
        assertThat(CommandLineRun.of("train", "--out", run).err()).contains("--resume");
    }

    @Test
    void aGpuIsRefusedBeforeAnythingIsWritten() {
        for (String device : List.of("cuda", "cuda:1")) {
            refused("model.device = " + device + ": ", "--set", "model.device=" + device);
        }
    }

    /** One line, exit 2, and no run directory. */
    private void refused(String message, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("--out", directory.resolve("never")));
        all.addAll(Arrays.asList(arguments));
        CommandLineRun train = train(all.toArray());
        assertThat(train.exitCode()).isEqualTo(2);
        assertThat(train.err()).startsWith("tether: ").contains(message).hasLineCount(1);
        assertThat(directory.resolve("never")).doesNotExist();
    }

    private Path tornModel() throws IOException {
        Path torn = Files.createDirectory(directory.resolve("torn"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(MODEL.resolve(name), torn.resolve(name));
        }
        byte[] weights = Files.readAllBytes(MODEL.resolve("model.safetensors"));
        Path file = torn.resolve("model.safetensors");
        Files.delete(file);
        Files.write(file, Arrays.copyOf(weights, weights.length / 2), StandardOpenOption.CREATE_NEW);
        return torn;
    }

    private List<String> journal(String run) {
        return JournalReader.withoutTimes(directory.resolve(run).resolve("journal.jsonl"));
    }

    /** Options given twice: the later ones win, as they are made single here. */
    private CommandLineRun train(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("train"));
        List<Object> given = Arrays.asList(arguments);
        List<Object> usual =
                List.of("--model", MODEL, "--prompts", prompts, "--steps", 2, "--batch", 4, "--max-new-tokens", 6);
        for (int i = 0; i < usual.size(); i += 2) {
            if (!given.contains(usual.get(i))) {
                all.addAll(usual.subList(i, i + 2));
            }
        }
        all.addAll(given);
        return CommandLineRun.of(all.toArray());
    }
}
