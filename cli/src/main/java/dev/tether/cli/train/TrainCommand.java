package dev.tether.cli.train;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Overrides;
import dev.tether.cli.live.Display;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import dev.tether.run.settings.SettingsWriter;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.reward.RewardSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDateTime;
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

/** Trains a model on its belt. */
@Command(
        name = "train",
        header = "Train a model by reinforcement learning on a KL belt.",
        description = {
            "Without any option it trains the model that ships with Tether, on the prompts and the reward that ship with "
                    + "it: about two minutes on two cores. Every option is short for one setting, whose name stands in "
                    + "brackets; the file CONFIG holds settings as YAML (see --show-settings), options win over it.",
            "",
            "The run's directory holds settings.yaml, journal.jsonl (one row per step), samples.jsonl, checkpoints, the "
                    + "trained model and report.html. Ctrl-C finishes the step, writes a checkpoint and the report; "
                    + "--resume goes on from there as if nothing had happened. A second Ctrl-C stops at once."
        },
        footer = {
            "  tether train",
            "  tether train --model DIR --prompts prompts.jsonl --reward lexicon:words.tsv --kl-target 6",
            "  tether train --model hf:HuggingFaceTB/SmolLM2-135M --prompts prompts.csv --reward keyword:thanks",
            "  tether train --controller fixed --kl-coef 0 --out runs/without-a-belt",
            "  tether train --placement rao_blackwell_in_loss --kl-target 4",
            "  tether train --serve 7878                       with the live page at http://127.0.0.1:7878",
            "  tether train --webhook https://HOST/PATH        findings are posted there",
            "  tether train --show-settings > my.yaml && tether train my.yaml --steps 200 --set update.epochs=2",
            "  tether train --resume runs/NAME"
        })
public class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "Settings as YAML; what it leaves out is default.")
    private Optional<Path> config;

    @Mixin
    private SettingsOptions options;

    @Mixin
    private WatchOptions watching;

    @Option(names = "--out", paramLabel = "DIR", description = "Directory of the run. Default: runs/DATE-TIME-MODEL.")
    private Optional<Path> out;

    @Option(names = "--resume", paramLabel = "DIR", description = "Go on with a run from its newest checkpoint.")
    private Optional<Path> resume;

    @Option(names = "--show-settings", description = "Print all settings as YAML, each with its meaning, and stop.")
    private boolean showSettings;

    /** Adds the kinds of reward to the help, from where they are defined. */
    public static void describeRewards(CommandSpec train) {
        List<String> lines = new ArrayList<>();
        for (RewardSpec.Kind kind : RewardSpec.Kind.values()) {
            lines.add(String.format("  %-20s %s", kind.form(), kind.meaning()));
        }
        lines.add("");
        lines.add("Examples:");
        lines.addAll(List.of(train.usageMessage().footer()));
        train.usageMessage().footerHeading("%nRewards:%n").footer(lines.toArray(String[]::new));
    }

    @Override
    public Integer call() {
        if (resume.isPresent()) {
            return resume(RunDirectory.open(resume.get()));
        }
        RunSettings settings = options.resolve(config, fixed());
        if (showSettings) {
            spec.commandLine().getOut().print(SettingsWriter.yaml(settings));
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        return begin(settings);
    }

    /** What this command adds to the options of training. */
    Overrides fixed() {
        return new Overrides();
    }

    private int begin(RunSettings settings) {
        watching.check();
        Path root = out.orElseGet(() -> RunFolder.unnamed(settings, LocalDateTime.now()));
        Display display = watching.display(settings, root, spec.commandLine().getOut());
        RunFolder folder = new RunFolder(root);
        RunDirectory directory = folder.create();
        try (TrainingSetup setup = TrainingSetup.open(settings);
                TrainingRun run = TrainingRun.begin(directory, setup.parts(), settings, setup.identity(), clocks())) {
            setup.remark().ifPresent(this::warn);
            return execute(run, directory, settings, display);
        } catch (RuntimeException e) {
            display.close();
            if (display.taken().isEmpty()) {
                folder.discard();
            }
            throw e;
        }
    }

    private int resume(RunDirectory directory) {
        if (config.isPresent()
                || out.isPresent()
                || showSettings
                || !options.overrides().isEmpty()
                || fixed().isGiven()) {
            throw new InputException("--resume goes on with the settings of " + directory.root()
                    + ": no other option or file can be given with it");
        }
        RunSettings settings = SettingsReader.read(directory.settings(), List.of());
        watching.check();
        Display display =
                watching.display(settings, directory.root(), spec.commandLine().getOut());
        try (TrainingSetup setup = TrainingSetup.open(settings);
                TrainingRun run = TrainingRun.resume(directory, setup.parts(), settings, setup.identity(), clocks())) {
            return execute(run, directory, settings, display);
        } finally {
            display.close();
        }
    }

    private int execute(TrainingRun run, RunDirectory directory, RunSettings settings, Display display) {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println(RunTitle.of(settings, directory));
        BeltWarnings.of(settings.belt()).ifPresent(this::warn);
        Interrupts interrupts = Interrupts.listen(
                () -> display.say("stopping after this step, then saving (Ctrl-C again: stop at once)"),
                display::restore);
        RunOutcome outcome;
        try (WatchOptions.Outlets outlets = watching.open(directory, display)) {
            outcome = run.execute(interrupts, outlets.listeners(display));
        }
        display.close();
        terminal.println(
                switch (outcome.kind()) {
                    case COMPLETED -> "done";
                    case INTERRUPTED ->
                        "stopped after step " + outcome.steps() + "; go on with: tether train --resume "
                                + directory.root();
                    case DIVERGED -> "stopped";
                });
        RunReport.of(directory).write(directory.report());
        new Summary(display.taken(), settings.belt()).print(terminal, directory);
        outcome.divergence()
                .ifPresent(divergence -> spec.commandLine().getErr().println("tether: " + divergence.getMessage()));
        return switch (outcome.kind()) {
            case COMPLETED -> ExitCode.DONE;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
            case DIVERGED -> ExitCode.DIVERGED;
        };
    }

    private void warn(String sentence) {
        spec.commandLine().getErr().println("tether: " + sentence);
        spec.commandLine().getErr().flush();
    }

    private static RunClocks clocks() {
        return new RunClocks(System::nanoTime, InstantSource.system());
    }
}
