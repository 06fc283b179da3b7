package dev.tether.cli.preference;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.model.ModelNames;
import dev.tether.cli.train.Interrupts;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.report.PreferencePage;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.reward.RewardTrainer;
import dev.tether.torch.reward.RewardTraining;
import dev.tether.trainer.preference.AnswerReader;
import dev.tether.trainer.preference.PairReader;
import dev.tether.trainer.preference.PairWriter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a reward model of preferences. */
@Command(
        name = "reward-model",
        header = "Learn a reward model from preferences.",
        description = {
            "Teaches a model to score the preferred of two answers higher (Bradley and Terry: the loss of a pair is -log "
                    + "sigmoid(r(chosen) - r(rejected) - margin)), and asks it about pairs it has not learned from. Writes a "
                    + "Hugging Face sequence classifier, which --reward model:DIR takes, with report.html and "
                    + "reward-model.json beside it. Ctrl-C ends the learning after the step and saves what was learned; a "
                    + "second Ctrl-C stops at once and leaves no model."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether reward-model --model DIR --pairs preferences.jsonl --out reward",
            "  tether reward-model --model DIR --positive good.txt --negative bad.txt --ends cut --out reward",
            "  tether train --model DIR --prompts prompts.jsonl --reward model:reward"
        })
public final class RewardModelCommand implements Callable<Integer> {
    private static final int MISTAKES = 8;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "Where it begins: a Hugging Face language model or sequence classifier, or builtin:reviews.")
    private String model;

    @Mixin
    private PairSource source;

    @Option(names = "--eval", paramLabel = "FILE", description = "Pairs to hold out, instead of --held-out.")
    private Optional<Path> eval;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Share of the pairs that is only asked about, whole prompts. Default: ${DEFAULT-VALUE}.")
    private double heldOut;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Tokens of prompt and answer at most: longer prompts lose their beginning, longer answers their "
                            + "end. Default: the model's context.")
    private Optional<Integer> maxLength;

    @Option(
            names = "--measures",
            paramLabel = "N",
            defaultValue = "8",
            description = "How often the held-out pairs are asked between begin and end. Default: ${DEFAULT-VALUE}.")
    private int measures;

    @Option(names = "--save-pairs", paramLabel = "FILE", description = "Also write the pairs as TRL's JSONL.")
    private Optional<Path> savePairs;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The new model directory.")
    private Path out;

    @Mixin
    private RewardModelOptions options;

    @Override
    public Integer call() {
        AtomicFiles.requireFree(out);
        RewardTraining training = options.training();
        Path directory = ModelNames.directory(model);
        PairSource.Rows rows = source.read(options.seed());
        savePairs.ifPresent(file -> AtomicFiles.writeFile(file, PairWriter.jsonLines(rows.rows())));
        HeldOut parts = eval.map(
                        file -> new HeldOut(rows.rows(), source.rows(file).rows()))
                .orElseGet(() -> HeldOut.split(rows.rows(), heldOut, options.seed()));
        TorchEngine.start(options.threads());
        try (RewardTrainer trainer = RewardTrainer.open(directory, training)) {
            AnswerReader answers = new AnswerReader(
                    LanguageModels.openTokenizer(directory), trainer.tokens().stops(), source.writer(directory, parts));
            PairReader reader = new PairReader(answers, length(trainer));
            PairReader.Read learned = reader.read(parts.learned());
            PairReader.Read asked = reader.read(parts.heldOut());
            PrintWriter terminal = spec.commandLine().getOut();
            RewardProgress progress =
                    new RewardProgress(terminal, training.steps(learned.pairs().size()), System::nanoTime);
            progress.begin(learned, asked, rows.alike());
            Interrupts interrupts = Interrupts.listen(
                    () -> progress.say("stopping after this step, then saving (Ctrl-C again: stop at once)"));
            int steps = trainer.learn(learned.pairs(), asked.pairs(), measures, progress, interrupts);
            PreferencePage page = page(rows, parts, learned, asked, progress);
            trainer.save(out, aside -> {
                Files.writeString(aside.resolve("report.html"), page.html());
                Files.writeString(aside.resolve("reward-model.json"), PreferenceJson.of(page));
            });
            page.sentences().forEach(terminal::println);
            terminal.println("model: " + out);
            terminal.println("report: " + out.resolve("report.html"));
            terminal.flush();
            return steps < training.steps(learned.pairs().size()) ? ExitCode.INTERRUPTED : ExitCode.DONE;
        }
    }

    private int length(RewardTrainer trainer) {
        int context = trainer.contextLength();
        int length = maxLength.orElse(context);
        if (length > context) {
            throw new InputException("--max-length " + length + ", must be at most the model's context of " + context);
        }
        return length;
    }

    private PreferencePage page(
            PairSource.Rows rows,
            HeldOut parts,
            PairReader.Read learned,
            PairReader.Read asked,
            RewardProgress progress) {
        List<String> facts = new ArrayList<>(List.of(
                "begun with " + model,
                "pairs of " + rows.name(),
                String.format(
                        Locale.ROOT,
                        "%,d learned from, %,d held out",
                        learned.pairs().size(),
                        asked.pairs().size()),
                progress.cost()));
        int shortened = learned.shortened() + asked.shortened();
        if (shortened > 0) {
            facts.add(shortened + " pairs shortened");
        }
        return new PreferencePage(
                "Reward model " + out.getFileName(),
                facts,
                progress.learned(),
                progress.measured(),
                new Mistakes(parts.heldOut(), asked.pairs()).surest(progress.last(), MISTAKES));
    }
}
