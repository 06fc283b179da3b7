package dev.tether.cli.data;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.model.ModelNames;
import dev.tether.cli.model.PromptFiles;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.PromptReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at a prompt file as training would read it. */
@Command(
        name = "data",
        header = "What a prompt file holds: rows, columns, lengths, what is too long, empty or repeated.",
        description = {
            "Reads FILE (.jsonl, .json, .csv, .tsv, .parquet, or text with a prompt per line) as training would, and says "
                    + "which column is the prompt. With --model, lengths are counted in the model's tokens, "
                    + "conversations are written by its chat template, and exit code 1 says that training would refuse a "
                    + "prompt as too long. docs/data.md has the columns that are known."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether data prompts.jsonl",
            "  tether data train.parquet --model DIR --max-new-tokens 128",
            "  tether data tasks.csv --column goal --json"
        })
public final class DataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The prompts; also builtin:reviews.")
    private String file;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Count in the tokens of this model: Hugging Face directory, hf:org/name, or builtin:reviews.")
    private Optional<String> model;

    @Option(names = "--column", paramLabel = "NAME", description = "The column with the prompts. Default: found.")
    private Optional<String> column;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Longest answer, which must fit behind each prompt. Default: as in training.")
    private Optional<Integer> maxNewTokens;

    @Option(names = "--batch", paramLabel = "N", description = "For the share of padding. Default: as in training.")
    private Optional<Integer> batch;

    @Option(
            names = "--chat-template",
            paramLabel = "NAME",
            description = "How conversations are written, as prompts.chat_template. Default: as in training.")
    private Optional<String> chatTemplate;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        RunSettings settings = settings();
        PromptFile prompts = PromptFiles.read(file, column);
        DataReport report = model.map(name -> inTokens(prompts, ModelNames.directory(name), settings))
                .orElseGet(() -> inCharacters(prompts, settings));
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? report.json() : report.text());
        out.flush();
        return report.tooLong().isEmpty() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
    }

    /** What training would do with these options. */
    private RunSettings settings() {
        List<String> overrides = new ArrayList<>();
        batch.ifPresent(size -> {
            if (size < 1) {
                throw new InputException("--batch " + size + ", must be at least 1");
            }
        });
        maxNewTokens.ifPresent(tokens -> overrides.add("generation.max_new_tokens=" + tokens));
        chatTemplate.ifPresent(name -> overrides.add("prompts.chat_template=" + name));
        return SettingsReader.defaults(overrides);
    }

    private int batchSize(RunSettings settings) {
        return batch.orElse(settings.prompts().batchSize());
    }

    private DataReport inCharacters(PromptFile prompts, RunSettings settings) {
        int[] lengths = prompts.prompts().stream()
                .mapToInt(line -> line.conversation()
                        .map(talk -> talk.messages().stream()
                                .mapToInt(message -> characters(message.content()))
                                .sum())
                        .orElseGet(() -> characters(line.text())))
                .toArray();
        return new DataReport(prompts, new Lengths(lengths), batchSize(settings), Optional.empty());
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    private DataReport inTokens(PromptFile prompts, Path directory, RunSettings settings) {
        int context = ModelDirectory.ofLanguageModel(directory).spec().contextLength();
        PromptReader reader =
                PromptFiles.reader(prompts, settings.prompts(), directory, LanguageModels.openTokenizer(directory));
        int[] lengths = prompts.prompts().stream()
                .mapToInt(line -> prompts.tokenized(line, reader).ids().length)
                .toArray();
        DataReport.Room room =
                new DataReport.Room(context, settings.generation().maxNewTokens());
        return new DataReport(prompts, new Lengths(lengths), batchSize(settings), Optional.of(room));
    }
}
