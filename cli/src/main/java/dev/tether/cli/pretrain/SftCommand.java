package dev.tether.cli.pretrain;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.model.ChatName;
import dev.tether.cli.model.ModelNames;
import dev.tether.cli.train.Interrupts;
import dev.tether.run.AtomicFiles;
import dev.tether.run.settings.PromptSettings.Chat;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.pretrain.Documents;
import dev.tether.torch.pretrain.FineTuneSettings;
import dev.tether.torch.pretrain.FineTuner;
import dev.tether.torch.pretrain.PretrainReport;
import dev.tether.trainer.chat.ChatFiles;
import dev.tether.trainer.chat.ChatWriter;
import dev.tether.trainer.preference.Demonstration;
import dev.tether.trainer.preference.DemonstrationFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Teaches a model to imitate. */
@Command(
        name = "sft",
        header = "Fine-tune a model on texts or on answers to prompts.",
        description = {
            "Learns to predict the answers of a .jsonl, .json, .csv or .parquet file (\"prompt\" and \"completion\", \"messages\", "
                    + "\"instruction\" and \"output\", \"conversations\"): the loss counts the answer and the stop token after "
                    + "it, not the prompt. Of a \"text\", and of a .txt file, every token counts. Some are held out and only "
                    + "measured, before and after. Writes a Hugging Face model directory. Ctrl-C ends the learning after the "
                    + "step and saves what was learned; a second Ctrl-C stops at once and leaves no model."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether sft --model DIR --data answers.jsonl --out tuned",
            "  tether sft --model DIR --data stories.txt --layout paragraphs --epochs 2 --out tuned",
            "  tether train --model tuned --prompts prompts.jsonl"
        })
public final class SftCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "Where it begins: a Hugging Face model directory, or builtin:reviews.")
    private String model;

    @Option(names = "--data", paramLabel = "FILE", required = true, description = "What to learn from.")
    private Path data;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The new model directory.")
    private Path out;

    @Option(
            names = "--chat-template",
            paramLabel = "NAME",
            defaultValue = "auto",
            converter = ChatName.class,
            description = "How conversations are written: auto (the model's own), chatml, llama_2, llama_3, mistral, "
                    + "zephyr, or role_tags. Default: ${DEFAULT-VALUE}.")
    private Chat chatTemplate;

    @Option(
            names = "--layout",
            paramLabel = "L",
            defaultValue = "lines",
            converter = LayoutName.class,
            description = "How a .txt file is cut: lines, or paragraphs with blank lines between them. "
                    + "Default: ${DEFAULT-VALUE}.")
    private Documents.Layout layout;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "16",
            description = "Rows of one optimiser step. Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = "--rows-at-once",
            paramLabel = "N",
            defaultValue = "4",
            description = "Rows that go through the network at once: fewer need less memory, and change nothing else. "
                    + "Default: ${DEFAULT-VALUE}.")
    private int rowsAtOnce;

    @Option(
            names = "--lr",
            paramLabel = "X",
            defaultValue = "5e-5",
            description = "Learning rate at its peak; it rises over --warmup and falls along half a cosine to 0. "
                    + "Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Share of all steps in which the learning rate rises. Default: ${DEFAULT-VALUE}.")
    private double warmup;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            defaultValue = "256",
            description = "Tokens of a row at most; longer ones are cut into several. Default: ${DEFAULT-VALUE}.")
    private int maxLength;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.05",
            description = "Share that is only measured. Default: ${DEFAULT-VALUE}.")
    private double heldOut;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0.0",
            description = "AdamW's. Default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of libtorch; 0 = one per core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Override
    public Integer call() {
        AtomicFiles.requireFree(out);
        FineTuneSettings settings = new FineTuneSettings(
                epochs,
                rows,
                rowsAtOnce,
                learningRate,
                warmup,
                maxLength,
                heldOut,
                new OptimizerSettings(0.9, 0.999, 1e-8, weightDecay, 1.0),
                seed);
        List<Demonstration> demonstrations = demonstrations();
        Path directory = ModelNames.directory(model);
        Optional<ChatWriter> writer =
                demonstrations.stream().anyMatch(each -> each.exchange().isPresent())
                        ? Optional.of(ChatFiles.choose(chatTemplate, directory))
                        : Optional.empty();
        TorchEngine.start(threads);
        PrintWriter terminal = spec.commandLine().getOut();
        LearningProgress progress = new LearningProgress(terminal, "demonstrations", settings::steps, System::nanoTime);
        Interrupts interrupts = Interrupts.listen(
                () -> progress.say("stopping after this step, then saving (Ctrl-C again: stop at once)"));
        FineTuner.Report report =
                new FineTuner(directory, demonstrations, writer, settings).run(out, progress, interrupts);
        if (report.cut() > 0) {
            progress.say(report.cut() + " rows were longer than " + maxLength + " tokens and cut into several");
        }
        progress.say("held out, before: " + said(report.before()));
        progress.say("held out, after:  " + said(report.after()));
        progress.say("model: " + out);
        return interrupts.getAsBoolean() ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }

    private static String said(PretrainReport report) {
        return String.format(
                Locale.ROOT, "%.4f nats per token, perplexity %.3f", report.natsPerToken(), report.perplexity());
    }

    private List<Demonstration> demonstrations() {
        String name = data.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".txt")) {
            return DemonstrationFile.read(data);
        }
        List<String> texts = Documents.read(data, layout);
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new Demonstration("", texts.get(i), data + " document " + (i + 1)))
                .toList();
    }
}
