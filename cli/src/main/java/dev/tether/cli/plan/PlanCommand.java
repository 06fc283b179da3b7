package dev.tether.cli.plan;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Overrides;
import dev.tether.core.stats.Bootstrap;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Chooses the price of KL before anything is trained. */
@Command(
        name = "plan",
        header = "Which beta to choose, before training: score and KL of the best policy under each.",
        description = {
            "The best policy under score - beta * KL is the reference reweighted by exp(score / beta). So scored samples "
                    + "of the reference alone tell what each beta would come to: its score and its KL, with bootstrap "
                    + "bands, how many samples stand behind them, and the line of choosing the best of n. Training "
                    + "comes near this optimum, not past it.",
            "",
            "N samples per prompt can tell of a KL up to log N - 2 nats at best, fewer where the scores have a long tail; "
                    + "what half the samples would have put elsewhere is marked and not suggested. "
                    + "Without any option it plans for the model, prompts and reward that ship with Tether. CONFIG holds "
                    + "settings of a run as YAML, and the plan is made for that run."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether plan",
            "  tether plan --model DIR --prompts prompts.jsonl --reward lexicon:words.tsv --samples-per-prompt 1024",
            "  tether plan my.yaml --kl-target 2,4 --out plan.html",
            "  tether plan --scored samples.jsonl     your own samples: rows with \"prompt\" and \"score\""
        })
public final class PlanCommand implements Callable<Integer> {
    private static final double LEVEL = 0.9;
    private static final int RESAMPLES = 400;
    private static final int PROMPTS = 16;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "Settings of a run as YAML.")
    private Optional<Path> config;

    @Mixin
    private SampleOptions samples;

    @Option(
            names = "--samples-per-prompt",
            paramLabel = "N",
            defaultValue = "512",
            description = "Answers to each; decides how far the plan sees. Default: ${DEFAULT-VALUE}.")
    private int samplesPerPrompt;

    @Option(
            names = "--scored",
            paramLabel = "FILE",
            description = "Samples of the reference that are scored already, JSON lines; no model is opened.")
    private Optional<Path> scored;

    @Option(names = "--save-scored", paramLabel = "FILE", description = "Keep the samples for --scored.")
    private Optional<Path> saveScored;

    @Option(
            names = "--kl-target",
            paramLabel = "NATS",
            split = ",",
            description = "Wished KLs per sequence, each answered with its beta. Default: 1,2,4,8.")
    private List<Double> targets = List.of(1.0, 2.0, 4.0, 8.0);

    @Option(
            names = "--kl-coef-grid",
            paramLabel = "B",
            split = ",",
            description = "The betas of the table. Default: twelve, as far as the samples see.")
    private List<Double> grid = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FILE.html", description = "Also write a page with charts.")
    private Optional<Path> out;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        RunSettings settings = samples.settings(config, new Overrides());
        targets.forEach(nats -> requirePositive("--kl-target", nats));
        grid.forEach(klCoef -> requirePositive("--kl-coef-grid", klCoef));
        samples.check();
        if (samplesPerPrompt < 2) {
            throw new InputException("--samples-per-prompt " + samplesPerPrompt + ", must be at least 2");
        }
        ScoredSamples rows = scored.map(ScoredSamples::read)
                .orElseGet(() -> samples.draw(
                        settings, PROMPTS, samplesPerPrompt, spec.commandLine().getErr()));
        saveScored.ifPresent(rows::write);
        Plan plan = Plan.of(rows, grid, targets, new Bootstrap(LEVEL, RESAMPLES, settings.seed()));
        List<String> facts = facts(plan, settings);
        out.ifPresent(page -> PlanWriter.page(plan, facts).write(page));
        PrintWriter terminal = spec.commandLine().getOut();
        if (json) {
            terminal.println(PlanWriter.json(plan, facts));
        } else {
            terminal.print(new PlanText(plan, facts).text());
            out.ifPresent(page -> terminal.println("page: " + page));
        }
        terminal.flush();
        return ExitCode.DONE;
    }

    private static void requirePositive(String option, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new InputException(option + " " + value + ", must be finite and > 0");
        }
    }

    private List<String> facts(Plan plan, RunSettings settings) {
        String samples = plan.prompts() + " prompts, " + plan.samples().rows().size() + " samples, mean score "
                + rough(plan.samples().mean());
        return scored.isPresent()
                ? List.of("scored samples: " + scored.get(), samples, bands())
                : List.of(
                        "reference: " + plan.samples().source(),
                        "prompts: " + settings.prompts().source(),
                        "reward: " + settings.reward().source(),
                        samples,
                        bands());
    }

    private static String bands() {
        return "bands: " + Math.round(100 * LEVEL) + " % bootstrap, over prompts and their samples";
    }
}
