package dev.tether.cli.demo;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.train.TrainingSession;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.report.DemoPage;
import dev.tether.run.report.DemoStory;
import dev.tether.run.report.RecordedRun;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.loop.RunObserver;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.preference.BradleyTerry;
import dev.tether.trainer.preference.PreferencePair;
import dev.tether.trainer.reward.PreferenceReward;
import dev.tether.trainer.reward.WordCounts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what the belt is for: one learned reward, three runs. */
@Command(
        name = "demo",
        header = "See what the belt does: reward hacking without it, none with it.",
        description = {
            "A reward is learned from preferences whose annotator loves exclamation marks a little too much. Then the "
                    + "built-in model is trained on it three times: without a belt, with a fixed coefficient, and on a KL "
                    + "budget. What is really wanted (quality times stars, by the grammar the model's world was made of) "
                    + "is measured beside. About five minutes on two cores.",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tether demo", "  tether demo --kl-target 2 --out demo-tight"})
public final class DemoCommand implements Callable<Integer> {
    /** Of so many preferences learned from, one more is kept to test on. */
    private static final int HELD_OUT_OF = 4;

    private static final double DECAY = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "demo", description = "Where to. Default: demo.")
    private Path out;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "60", description = "Steps of each run. Default: 60.")
    private int steps;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = "Of every random choice.")
    private long seed;

    @Option(
            names = "--preferences",
            paramLabel = "N",
            defaultValue = "1024",
            description = "That the reward is learned from. Default: 1024.")
    private int preferences;

    @Option(names = "--kl-target", paramLabel = "NATS", defaultValue = "4", description = "KL budget per response.")
    private double klTarget;

    @Option(names = "--kl-coef", paramLabel = "B", defaultValue = "0.1", description = "Of the run with a fixed one.")
    private double klCoef;

    /** What was learned, and what it likes in words. */
    private record Learned(PreferenceReward reward, String taste) {}

    /** One way to train. */
    private record Arm(String name, String title, List<String> settings) {}

    @Override
    public Integer call() {
        PrintWriter terminal = spec.commandLine().getOut();
        TorchEngine.start(0);
        require("--steps", steps);
        require("--preferences", preferences);
        requireFree();
        Learned learned = learn(terminal);
        Path reward = out.resolve("reward.json").toAbsolutePath();
        learned.reward().write(reward);
        List<RecordedRun> runs = new ArrayList<>();
        for (Arm arm : arms()) {
            terminal.println();
            terminal.println(arm.title());
            Path directory = out.resolve(arm.name());
            TrainingSession.train(settings(arm, reward), directory, progress(terminal), () -> false);
            runs.add(RecordedRun.read(RunDirectory.open(directory)));
        }
        Path page = out.resolve("demo.html");
        new DemoPage(
                        "What the belt does",
                        List.of(
                                "One reward, learned from " + preferences
                                        + " preferences of an annotator who cares for good"
                                        + " reviews and loves exclamation marks a little too much. What pleases it most: "
                                        + learned.taste() + ".",
                                "The same model was trained on it " + runs.size()
                                        + " times. Beside each run stands what is"
                                        + " really wanted, a well-formed review of somebody who is delighted, as the grammar"
                                        + " of the model's world judges it. Figures are means of " + DemoStory.WINDOW
                                        + " steps."),
                        runs)
                .write(page);
        RunReport.of(runs).write(out.resolve("report.html"));
        terminal.println();
        runs.forEach(
                run -> terminal.println(DemoStory.of(run.name(), run.steps()).sentence()));
        terminal.println();
        terminal.println("page     " + page);
        terminal.println("report   " + out.resolve("report.html"));
        terminal.flush();
        return ExitCode.DONE;
    }

    private List<Arm> arms() {
        return List.of(
                new Arm("no-belt", "1. no belt", List.of("belt.controller=fixed", "belt.kl_coef=0")),
                new Arm(
                        "fixed",
                        "2. a fixed coefficient, " + klCoef,
                        List.of("belt.controller=fixed", "belt.kl_coef=" + klCoef)),
                new Arm(
                        "budget",
                        "3. a KL budget, " + klTarget + " nats per response",
                        List.of("belt.controller=pi", "belt.target=" + klTarget)));
    }

    private Learned learn(PrintWriter terminal) {
        terminal.println("learning a reward from " + preferences + " preferences between the model's own answers");
        terminal.flush();
        int heldOut = Math.max(1, preferences / HELD_OUT_OF);
        List<PreferencePair> pairs = Preferences.draw(preferences + heldOut, seed);
        PreferenceReward reward = new BradleyTerry(pairs.subList(0, preferences), DECAY).fit();
        double accuracy = BradleyTerry.accuracy(reward, pairs.subList(preferences, pairs.size()));
        String taste = favourites(reward, pairs);
        terminal.printf(
                Locale.ROOT,
                "it agrees with %.0f %% of %d preferences it has not seen; what pleases it most: %s%n",
                100 * accuracy,
                heldOut,
                taste);
        return new Learned(reward, taste);
    }

    private static void require(String option, int value) {
        if (value < 1) {
            throw new InputException(option + " " + value + ": must be at least 1");
        }
    }

    /** Found out before anything is learned. */
    private void requireFree() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new InputException("cannot make " + out + ": " + AtomicFiles.reason(e), e);
        }
        for (Arm arm : arms()) {
            if (Files.exists(out.resolve(arm.name()))) {
                throw new InputException(out.resolve(arm.name())
                        + " is there already: choose another directory with --out, or remove it");
            }
        }
    }

    /** What decides most: a word's weight times how often it is said in the answers it was learned from. */
    private static String favourites(PreferenceReward reward, List<PreferencePair> pairs) {
        Map<String, Double> shares = new TreeMap<>();
        for (PreferencePair pair : pairs) {
            for (String text : List.of(pair.chosen(), pair.rejected())) {
                WordCounts.of(text)
                        .forEach((word, count) ->
                                shares.merge(word, count * reward.weights().getOrDefault(word, 0.0), Double::sum));
            }
        }
        return shares.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(6)
                .map(entry -> String.format(
                        Locale.ROOT,
                        "\"%s\" (%+.2f)",
                        entry.getKey(),
                        reward.weights().get(entry.getKey())))
                .collect(Collectors.joining(", "));
    }

    private RunSettings settings(Arm arm, Path reward) {
        List<String> values = new ArrayList<>(List.of(
                "steps=" + steps,
                "seed=" + seed,
                "reward.source=preferences:" + reward,
                "reward.gold=reviews",
                "belt.force_every_steps=0"));
        values.addAll(arm.settings());
        return RunSettings.defaults().with(values.toArray(String[]::new));
    }

    private RunObserver progress(PrintWriter terminal) {
        return new RunObserver() {
            @Override
            public void stepped(StepResult result) {
                StepRecord step = result.record();
                if (step.step() % 10 == 0 || step.step() == 1) {
                    terminal.printf(
                            Locale.ROOT,
                            "  step %3d  proxy %7.3f  gold %.3f  KL %6.2f nats  distinct-2 %.3f%n",
                            step.step(),
                            step.score().orElseThrow().mean(),
                            step.goldScore().orElseThrow().mean(),
                            step.referenceKl().orElseThrow().natsPerSequence().orElse(Double.NaN),
                            step.text().orElseThrow().distinctBigrams().orElse(Double.NaN));
                    terminal.flush();
                }
            }
        };
    }
}
