package dev.tether.cli.bench;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Words;
import dev.tether.cli.model.ModelNames;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.loop.TrainingDivergedException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast training is on this machine. */
@Command(
        name = "bench",
        header = "How fast training runs here: phases, tokens per second, memory, use of the processor.",
        description = {
            "Runs the training loop of \"tether train\" on random prompts of token ids, without writing a run, and takes "
                    + "its time apart. The task is the one that other trainers were measured with: 32 prompts of 16 tokens, "
                    + "64 new tokens each without an early end, the share of tokens in the upper half of the vocabulary as "
                    + "reward. Figures are medians of quiet steps: those in which threads waited for a core less than 8 %% of "
                    + "the time, where there are five of them. docs/bench.md says how each is measured."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether bench                                                the built-in model",
            "  tether bench --model DIR --steps 60 --until-quiet 10        until ten steps were undisturbed",
            "  tether bench --model DIR --like tether                      with Tether's own defaults",
            "  tether bench --model DIR --algorithm grpo --json grpo.json",
            "  tether bench --model DIR --responses ragged --new-tokens 200",
            "  tether bench --model DIR --vocabulary 128000 --batch 8      random weights"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int LEAST_PROMPTS = 256;

    @Spec
    private CommandSpec spec;

    @Mixin
    private WorkOptions work;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "JSON with token ids, {\"ids\": [[4, 5], ...]}. Default: random ids from 4 on.")
    private Optional<Path> prompts;

    @Option(
            names = "--prompt-len",
            paramLabel = "N",
            defaultValue = "16",
            description = "Tokens of a random prompt. Default: ${DEFAULT-VALUE}.")
    private int promptLength;

    @Option(
            names = "--responses",
            paramLabel = "HOW",
            converter = ResponsesConverter.class,
            defaultValue = "full",
            description = "full, or ragged: they end at random, half as long in the mean. Default: ${DEFAULT-VALUE}.")
    private BenchRun.Responses responses;

    @Option(
            names = "--reward-token",
            paramLabel = "K",
            description = "Reward the share of token K. Default: of the upper half of the vocabulary.")
    private Integer rewardToken;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            description = "Random weights in the model's shape with N tokens. Default: the model as it is.")
    private Integer vocabulary;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "2",
            description = "First steps that do not count. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--until-quiet",
            paramLabel = "N",
            defaultValue = "0",
            description = "End when N quiet steps are in; 0 = at --steps alone. Default: ${DEFAULT-VALUE}.")
    private int untilQuiet;

    @Option(
            names = "--max-seconds",
            paramLabel = "S",
            defaultValue = "500",
            description = "With --until-quiet: end after S seconds. Default: ${DEFAULT-VALUE}.")
    private double maxSeconds;

    @Option(
            names = "--no-ceiling",
            description = "Leave out how fast this process multiplies matrices, some seconds, and the shares of it.")
    private boolean noCeiling;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write everything, step by step, as JSON.")
    private Optional<Path> json;

    @Option(names = "--curve", paramLabel = "FILE", description = "Also write step, reward, kl, seconds as CSV.")
    private Optional<Path> curve;

    @Option(
            names = "--bench-result",
            description = "For a harness: lines BENCH_EVENT {...} and BENCH_RESULT {...} instead of the table.")
    private boolean benchResult;

    @Override
    public Integer call() {
        RunSettings settings = work.settings();
        check();
        event("jvm_up");
        TorchEngine.start(settings.threads(), settings.model().device());
        event("libtorch_loaded");
        OptionalInt size = vocabulary == null ? OptionalInt.empty() : OptionalInt.of(vocabulary);
        Recording recording;
        try (BenchModel model =
                BenchModel.of(ModelNames.directory(settings.model().policy()), size, settings.seed())) {
            recording = run(model, settings);
        } catch (TrainingDivergedException e) {
            spec.commandLine().getErr().println("tether: " + e.getMessage());
            return ExitCode.DIVERGED;
        }
        tell(noCeiling ? recording : Ceilings.measure(recording));
        return ExitCode.DONE;
    }

    private Recording run(BenchModel model, RunSettings settings) {
        int vocabularySize = model.spec().vocabularySize();
        if (rewardToken != null && (rewardToken < 0 || rewardToken >= vocabularySize)) {
            throw new InputException(
                    "--reward-token " + rewardToken + ", must be a token id in 0.." + (vocabularySize - 1));
        }
        TokenShareReward reward =
                rewardToken == null ? TokenShareReward.upperHalf(vocabularySize) : TokenShareReward.of(rewardToken);
        int count = Math.max(LEAST_PROMPTS, settings.prompts().batchSize());
        TokenPrompts asked = prompts.map(file -> TokenPrompts.read(file, vocabularySize))
                .orElseGet(() -> TokenPrompts.random(count, promptLength, vocabularySize, settings.seed()));
        return new BenchRun(model, asked, reward, new Patience(warmUp, untilQuiet, maxSeconds), this::event)
                .record(settings, responses);
    }

    private void check() {
        requireAtLeast("--prompt-len", promptLength, 1);
        requireAtLeast("--warmup", warmUp, 0);
        requireAtLeast("--until-quiet", untilQuiet, 0);
        if (vocabulary != null) {
            requireAtLeast("--vocabulary", vocabulary, 8);
        }
        if (!(maxSeconds > 0)) {
            throw new InputException("--max-seconds " + maxSeconds + ", must be > 0");
        }
    }

    private static void requireAtLeast(String option, int value, int least) {
        if (value < least) {
            throw new InputException(option + " " + value + ", must be at least " + least);
        }
    }

    private void tell(Recording recording) {
        PrintWriter terminal = spec.commandLine().getOut();
        BenchJson asJson = new BenchJson(recording);
        json.ifPresent(file -> AtomicFiles.writeFile(file, asJson.whole()));
        curve.ifPresent(file -> AtomicFiles.writeFile(file, BenchCurve.csv(recording.steps())));
        if (benchResult) {
            terminal.println("BENCH_RESULT " + asJson.line());
        } else {
            terminal.print(new BenchText(recording).text());
        }
        terminal.flush();
    }

    private void event(String name) {
        if (benchResult) {
            PrintWriter terminal = spec.commandLine().getOut();
            terminal.println(String.format(
                    Locale.ROOT, "BENCH_EVENT {\"name\":\"%s\",\"t\":%.3f}", name, System.currentTimeMillis() / 1e3));
            terminal.flush();
        }
    }

    /** Reads how responses end. */
    static final class ResponsesConverter implements ITypeConverter<BenchRun.Responses> {
        @Override
        public BenchRun.Responses convert(String word) throws Exception {
            return Words.lowerCase(BenchRun.Responses.class).convert(word);
        }
    }
}
