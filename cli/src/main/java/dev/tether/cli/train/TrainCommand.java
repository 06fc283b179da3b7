package dev.tether.cli.train;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.console.Failures;
import dev.tether.cli.console.Overrides;
import dev.tether.cli.live.Display;
import dev.tether.cli.parallel.ParallelOptions;
import dev.tether.cli.parallel.Team;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import dev.tether.run.settings.SettingsWriter;
import dev.tether.trainer.loop.FollowingRun;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.TrainingRun;
import dev.tether.trainer.parallel.PeerException;
import dev.tether.trainer.parallel.ProcessPlace;
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
            "  tether train --processes 2                      two processes share the work (docs/parallel.md)",
            "  torchrun --no-python --nproc-per-node 4 ./tether train my.yaml",
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

    @Mixin
    private ParallelOptions parallel;

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
        resume.ifPresent(this::requireNothingBesides);
        if (showSettings) {
            spec.commandLine().getOut().print(SettingsWriter.yaml(options.resolve(config, fixed())));
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        Optional<ProcessPlace> place = parallel.place(System.getenv());
        if (place.isPresent() && place.get().rank() > 0) {
            return follow(place);
        }
        return resume.isPresent() ? resume(RunDirectory.open(resume.get()), place) : begin(place);
    }

    private void requireNothingBesides(Path run) {
        if (config.isPresent()
                || out.isPresent()
                || showSettings
                || !options.overrides().isEmpty()
                || fixed().isGiven()) {
            throw new InputException(
                    "--resume goes on with the settings of " + run + ": no other option or file can be given with it");
        }
    }

    /** What this command adds to the options of training. */
    Overrides fixed() {
        return new Overrides();
    }

    private int begin(Optional<ProcessPlace> place) {
        RunSettings settings = options.resolve(config, fixed());
        watching.check();
        Path root = out.orElseGet(() -> RunFolder.unnamed(settings, LocalDateTime.now()));
        Display display = watching.display(settings, root, spec.commandLine().getOut());
        RunFolder folder = new RunFolder(root);
        RunDirectory directory = folder.create();
        try (Team team = team(place)) {
            return team.together(() -> {
                team.agreed(settings);
                try (TrainingSetup setup = TrainingSetup.open(settings, team);
                        TrainingRun run =
                                TrainingRun.begin(directory, setup.parts(), settings, setup.identity(), clocks())) {
                    setup.remark().ifPresent(this::warn);
                    return execute(run, directory, settings, new Show(display, team));
                }
            });
        } catch (RuntimeException e) {
            display.close();
            if (display.taken().isEmpty()) {
                folder.discard();
            }
            throw e;
        }
    }

    private int resume(RunDirectory directory, Optional<ProcessPlace> place) {
        RunSettings settings = SettingsReader.read(directory.settings(), List.of());
        watching.check();
        Display display =
                watching.display(settings, directory.root(), spec.commandLine().getOut());
        try (Team team = team(place)) {
            return team.together(() -> {
                team.resumed(settings);
                try (TrainingSetup setup = TrainingSetup.open(settings, team);
                        TrainingRun run =
                                TrainingRun.resume(directory, setup.parts(), settings, setup.identity(), clocks())) {
                    return execute(run, directory, settings, new Show(display, team));
                }
            });
        } finally {
            display.close();
        }
    }

    /** What any process but the first does: the same work, and nothing to be seen of it. */
    private int follow(Optional<ProcessPlace> place) {
        try (Team team = team(place)) {
            return team.together(() -> follow(team));
        } catch (RuntimeException e) {
            int code = Failures.codeOf(e);
            if (Team.isChild() && code != ExitCode.DEFECT) {
                return code; // the process that started this one tells it
            }
            throw e;
        }
    }

    private int follow(Team team) {
        RunSettings settings =
                resume.isPresent() ? team.resumedByTheFirst() : team.agreed(options.resolve(config, fixed()));
        try (TrainingSetup setup = TrainingSetup.open(settings, team)) {
            FollowingRun run = resume.isPresent()
                    ? FollowingRun.resume(setup.parts(), settings, clocks())
                    : FollowingRun.begin(setup.parts(), settings, clocks());
            return exitCode(run.execute(team.anywhere(Interrupts.listen(() -> {}))));
        }
    }

    private Team team(Optional<ProcessPlace> place) {
        return Team.open(
                place, parallel, spec.root().commandLine().getParseResult().originalArgs());
    }

    /** Who watches a run, and who takes part in it. */
    private record Show(Display display, Team team) {}

    private int execute(TrainingRun run, RunDirectory directory, RunSettings settings, Show show) {
        Display display = show.display();
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println(RunTitle.of(settings, directory));
        BeltWarnings.of(settings.belt()).ifPresent(this::warn);
        Interrupts interrupts = Interrupts.listen(
                () -> display.say("stopping after this step, then saving (Ctrl-C again: stop at once)"),
                display::restore);
        RunOutcome outcome;
        try (WatchOptions.Outlets outlets = watching.open(directory, display)) {
            outcome = run.execute(show.team().anywhere(interrupts), outlets.listeners(display));
        } catch (PeerException e) {
            throw TrainingSession.hasCheckpoint(directory)
                    ? new PeerException(e.getMessage() + "; go on with: tether train --resume " + directory.root(), e)
                    : e;
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
        return exitCode(outcome.kind());
    }

    private static int exitCode(RunOutcome.Kind kind) {
        return switch (kind) {
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
