package dev.tether.cli.plan;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Overrides;
import dev.tether.core.stats.Bootstrap;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
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

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "Settings of a run as YAML.")
    private Optional<Path> config;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "The reference: Hugging Face directory, hf:org/name, or builtin:reviews (the default).")
    private String model;

    @Option(names = "--prompts", paramLabel = "FILE", description = "As in training. Default: builtin:reviews.")
    private String prompts;

    @Option(names = "--reward", paramLabel = "SPEC", description = "As in training. Default: lexicon.")
    private String reward;

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Longest response. Default: 48.")
    private String maxNewTokens;

    @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Any other setting, such as reward.scale=2.")
    private List<String> set = new ArrayList<>();

    @Option(
            names = "--prompts-used",
            paramLabel = "N",
            defaultValue = "16",
            description = "Prompts to answer, the first that training would draw. Default: ${DEFAULT-VALUE}.")
    private int promptsUsed;

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

    @Option(names = "--seed", paramLabel = "N", description = "Of prompts, samples and bands. Default: 17.")
    private String seed;

    @Option(names = "--out", paramLabel = "FILE.html", description = "Also write a page with charts.")
    private Optional<Path> out;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Overrides given = overrides();
        RunSettings settings = given.told(() -> config.map(file -> SettingsReader.read(file, given.paths()))
                .orElseGet(() -> SettingsReader.defaults(given.paths())));
        targets.forEach(nats -> requirePositive("--kl-target", nats));
        grid.forEach(klCoef -> requirePositive("--kl-coef-grid", klCoef));
        requireAtLeast("--prompts-used", promptsUsed, 1);
        requireAtLeast("--samples-per-prompt", samplesPerPrompt, 2);
        ScoredSamples samples = scored.map(ScoredSamples::read).orElseGet(() -> sampled(settings));
        saveScored.ifPresent(samples::write);
        Plan plan = Plan.of(samples, grid, targets, new Bootstrap(LEVEL, RESAMPLES, settings.seed()));
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

    private Overrides overrides() {
        return new Overrides()
                .add("model.policy", "--model", model)
                .add("prompts.source", "--prompts", prompts)
                .add("reward.source", "--reward", reward)
                .add("generation.max_new_tokens", "--max-new-tokens", maxNewTokens)
                .add("seed", "--seed", seed)
                .addAll(set);
    }

    private static void requirePositive(String option, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new InputException(option + " " + value + ", must be finite and > 0");
        }
    }

    private static void requireAtLeast(String option, int value, int least) {
        if (value < least) {
            throw new InputException(option + " " + value + ", must be at least " + least);
        }
    }

    private ScoredSamples sampled(RunSettings settings) {
        PrintWriter err = spec.commandLine().getErr();
        boolean shown = Boolean.getBoolean("tether.terminal");
        IntConsumer progress = shown
                ? count -> {
                    err.print("\rsampling: " + count + " answers\u001b[K");
                    err.flush();
                }
                : count -> {};
        ScoredSamples samples = new ReferenceSampler(settings, promptsUsed, samplesPerPrompt).draw(progress);
        if (shown) {
            err.print("\r\u001b[K");
            err.flush();
        }
        return samples;
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
