package dev.tether.cli.preference;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.plan.ScoredSamples;
import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.BestOfNCurve;
import dev.tether.core.kl.VocabularyKl;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
                    + "Writes a run directory with one record per n: the score (spread over prompts), and as its KL to the "
                    + "reference the bound log n - (n-1)/n, so that \"tether report\" draws it beside trained runs. Nothing is "
                    + "trained and no model is written."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether best-of-n --model DIR --prompts prompts.jsonl --reward lexicon:words.tsv --out runs/best-of-n",
            "  tether best-of-n --n 1,4,16 --prompts-used 32 --out runs/bon",
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

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Directory of the run.")
    private Path out;

    @Override
    public Integer call() {
        List<Integer> ascending = counts.stream().distinct().sorted().toList();
        if (ascending.get(0) < 1) {
            throw new InputException("--n " + ascending.get(0) + ", must be at least 1");
        }
        RunSettings settings = samples.settings();
        RunDirectory directory = RunDirectory.create(out);
        ScoredSamples scored = samples.draw(
                settings,
                ascending.get(ascending.size() - 1),
                spec.commandLine().getErr());
        double[][] scores = scored.scores();
        BestOfNCurve curve = BestOfNCurve.of(scores, scores, ascending);
        write(directory, settings, curve);
        RunReport.of(directory).write(directory.report());
        print(curve);
        return ExitCode.DONE;
    }

    private static void write(RunDirectory directory, RunSettings settings, BestOfNCurve curve) {
        String model = "best of n of " + settings.model().policy();
        try (JournalWriter journal = JournalWriter.create(directory.journal())) {
            journal.append(new RunHeader(
                    SettingsWriter.digest(settings),
                    model,
                    settings.model().policy(),
                    settings.seed(),
                    curve.n().size()));
            for (int i = 0; i < curve.n().size(); i++) {
                journal.append(record(curve, i));
            }
            journal.append(new RunEnd(curve.n().size(), RunEnd.Outcome.COMPLETED));
            journal.sync();
        }
    }

    private static StepRecord record(BestOfNCurve curve, int i) {
        double[] byPrompt = new double[curve.prompts()];
        for (int p = 0; p < byPrompt.length; p++) {
            byPrompt[p] = curve.proxyByPrompt()[p][i];
        }
        return StepRecord.builder(i + 1)
                .score(Distribution.of(byPrompt))
                .referenceKl(new ReferenceKl(
                        OptionalDouble.empty(),
                        OptionalDouble.of(BestOfN.natsBound(curve.n().get(i))),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        VocabularyKl.BEST_OF_N_BOUND))
                .build();
    }

    private void print(BestOfNCurve curve) {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println("     n  KL at most, nats  mean score");
        for (int i = 0; i < curve.n().size(); i++) {
            terminal.printf(
                    Locale.ROOT, "%6d  %16.3f  %10.4f%n", curve.n().get(i), curve.natsBound()[i], curve.proxy()[i]);
        }
        terminal.println("run: " + out);
        terminal.flush();
    }
}
