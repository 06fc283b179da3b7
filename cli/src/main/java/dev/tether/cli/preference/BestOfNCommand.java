package dev.tether.cli.preference;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Overrides;
import dev.tether.cli.plan.SampleOptions;
import dev.tether.cli.plan.ScoredSamples;
import dev.tether.cli.train.FilePaths;
import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.BestOfNCurve;
import dev.tether.core.kl.VocabularyKl;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.StepRecordBuilder;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What choosing among answers gets without any training, as a run beside trained ones. */
@Command(
        name = "best-of-n",
        header = "What choosing the best of n answers would get, as a run to compare with.",
        description = {
            "Answers every prompt as often as the largest n, and estimates without bias what the best of n of them scores. "
                    + "Writes a run directory with settings.yaml and one record per n: the score (spread over prompts), and as its KL to the "
                    + "reference the bound log n - (n-1)/n, so that \"tether report\" draws it beside trained runs. Nothing is "
                    + "trained and no model is written."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether best-of-n --model DIR --prompts prompts.jsonl --reward lexicon:words.tsv --out runs/best-of-n",
            "  tether best-of-n --n 1,4,16 --prompts-used 32 --gold reviews --out runs/bon",
            "  tether report runs/best-of-n runs/ppo"
        })
public final class BestOfNCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SampleOptions samples;

    @Option(
            names = "--n",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,2,4,8,16,32,64",
            description = "How many answers are chosen among. Default: ${DEFAULT-VALUE}.")
    private List<Integer> counts;

    @Option(
            names = "--gold",
            paramLabel = "SPEC",
            description = "What is really wanted: measured beside, never chosen by; the kinds are those of --reward.")
    private String gold;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Directory of the run.")
    private Path out;

    @Override
    public Integer call() {
        List<Integer> ascending = counts.stream().distinct().sorted().toList();
        if (ascending.get(0) < 1) {
            throw new InputException("--n " + ascending.get(0) + ", must be at least 1");
        }
        RunSettings settings = FilePaths.absolute(
                samples.settings(Optional.empty(), new Overrides().add("reward.gold", "--gold", gold)));
        RunDirectory directory = RunDirectory.create(out);
        ScoredSamples scored = samples.draw(
                settings,
                ascending.get(ascending.size() - 1),
                spec.commandLine().getErr());
        double[][] scores = scored.scores();
        BestOfNCurve curve = BestOfNCurve.of(scores, scored.gold().orElse(scores), ascending);
        Choice choice = new Choice(curve, scored.gold().isPresent());
        write(directory, asRun(settings, scored, ascending), choice);
        RunReport.of(directory).write(directory.report());
        print(choice);
        return ExitCode.DONE;
    }

    /** What came of choosing; the gold of {@code curve} means something only where it was asked. */
    private record Choice(BestOfNCurve curve, boolean hasGold) {}

    /** What was asked, as the settings of a run that has a record per n, all of them of the same answers, and no belt. */
    private static RunSettings asRun(RunSettings settings, ScoredSamples scored, List<Integer> counts) {
        return settings.with(
                "steps=" + counts.size(),
                "prompts.batch_size=" + scored.rows().size(),
                "generation.num_generations=" + counts.get(counts.size() - 1),
                "update.minibatches=1",
                "optimizer.warmup_steps=0",
                "belt.controller=fixed",
                "belt.kl_coef=0");
    }

    private void write(RunDirectory directory, RunSettings settings, Choice choice) {
        BestOfNCurve curve = choice.curve();
        AtomicFiles.writeFile(
                directory.settings(),
                "# tether best-of-n: best of n = " + curve.n() + " answers to " + curve.prompts() + " prompts\n"
                        + SettingsWriter.yaml(settings));
        String model = "best of n of " + settings.model().policy();
        try (JournalWriter journal = JournalWriter.create(directory.journal())) {
            journal.append(new RunHeader(
                    SettingsWriter.digest(settings),
                    model,
                    settings.model().policy(),
                    settings.seed(),
                    curve.n().size()));
            for (int i = 0; i < curve.n().size(); i++) {
                journal.append(record(choice, i));
            }
            journal.append(new RunEnd(curve.n().size(), RunEnd.Outcome.COMPLETED));
            journal.sync();
        }
    }

    private static StepRecord record(Choice choice, int i) {
        BestOfNCurve curve = choice.curve();
        StepRecordBuilder record = StepRecord.builder(i + 1);
        if (choice.hasGold()) {
            record.goldScore(spread(curve.goldByPrompt(), i));
        }
        return record.score(spread(curve.proxyByPrompt(), i))
                .referenceKl(new ReferenceKl(
                        OptionalDouble.empty(),
                        OptionalDouble.of(BestOfN.natsBound(curve.n().get(i))),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        VocabularyKl.BEST_OF_N_BOUND))
                .build();
    }

    /** Over prompts. */
    private static Distribution spread(double[][] byPrompt, int i) {
        return Distribution.of(
                Arrays.stream(byPrompt).mapToDouble(ofPrompt -> ofPrompt[i]).toArray());
    }

    private void print(Choice choice) {
        BestOfNCurve curve = choice.curve();
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println("     n  KL at most, nats  mean score" + (choice.hasGold() ? "   mean gold" : ""));
        for (int i = 0; i < curve.n().size(); i++) {
            terminal.printf(
                    Locale.ROOT, "%6d  %16.3f  %10.4f", curve.n().get(i), curve.natsBound()[i], curve.proxy()[i]);
            terminal.println(choice.hasGold() ? String.format(Locale.ROOT, "  %10.4f", curve.gold()[i]) : "");
        }
        terminal.println("run: " + out);
        terminal.flush();
    }
}
