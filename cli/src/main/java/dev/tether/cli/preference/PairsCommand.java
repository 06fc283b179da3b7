package dev.tether.cli.preference;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Words;
import dev.tether.cli.plan.SampleOptions;
import dev.tether.cli.plan.ScoredSamples;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.preference.PairWriter;
import dev.tether.trainer.preference.PreferenceRow;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes preferences out of a model's own answers. */
@Command(
        name = "pairs",
        header = "Sample answers of a model and compare them by a reward.",
        description = {
            "Answers every prompt several times, scores the answers and writes comparisons as JSON lines (prompt, chosen, "
                    + "rejected, and whether each ended by itself), which \"tether dpo\" and \"tether reward-model\" read."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether pairs --model DIR --prompts prompts.jsonl --reward lexicon:words.tsv --out pairs.jsonl",
            "  tether pairs --n 2 --label bradley_terry --set reward.scale=4 --out pairs.jsonl"
        })
public final class PairsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SampleOptions samples;

    @Option(
            names = "--n",
            paramLabel = "N",
            defaultValue = "4",
            description = "Answers to each prompt; at least 2. Default: ${DEFAULT-VALUE}.")
    private int answers;

    @Option(
            names = "--label",
            paramLabel = "HOW",
            defaultValue = "best_worst",
            converter = Label.class,
            description =
                    "best_worst: a prompt's best answer over its worst. bradley_terry: two by two, the first preferred "
                            + "with probability sigmoid(score - other score). Default: ${DEFAULT-VALUE}.")
    private SampledPairs label;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The .jsonl file to write.")
    private Path out;

    /** Reads how answers are compared. */
    static final class Label implements ITypeConverter<SampledPairs> {
        @Override
        public SampledPairs convert(String word) throws Exception {
            return Words.lowerCase(SampledPairs.class).convert(word);
        }
    }

    @Override
    public Integer call() {
        if (answers < 2) {
            throw new InputException("--n " + answers + ", must be at least 2: an answer alone cannot be compared");
        }
        RunSettings settings = samples.settings();
        ScoredSamples scored =
                samples.draw(settings, answers, spec.commandLine().getErr());
        List<PreferenceRow> pairs = label.of(scored, settings.seed());
        if (pairs.isEmpty()) {
            throw new InputException("the " + scored.rows().size() + " answers of " + samples.description()
                    + " make no pair: no prompt has two that score differently");
        }
        AtomicFiles.writeFile(out, PairWriter.jsonLines(pairs));
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.printf(
                Locale.ROOT,
                "%d pairs of %d answers to %d prompts, mean score %.4g: %s%n",
                pairs.size(),
                scored.rows().size(),
                scored.byPrompt().size(),
                scored.mean(),
                out);
        terminal.flush();
        return ExitCode.DONE;
    }
}
