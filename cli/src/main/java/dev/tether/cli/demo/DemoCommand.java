package dev.tether.cli.demo;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.train.Interrupts;
import dev.tether.cli.train.TrainingSession;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.report.DemoPage;
import dev.tether.run.report.DemoStory;
import dev.tether.run.report.RecordedRun;
import dev.tether.run.report.RunReport;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.StepResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.ArgGroup;
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
                    + "is measured beside. Three to four minutes on two cores.",
            "",
            "With --study it is the setting of Gao, Schulman and Hilton 2022: rewards learned from few and from many "
                    + "preferences, pressed by training without a belt and under several beta, and by choosing the best "
                    + "of n; the paper's figure, its two curves fitted, and what the fits say of its claims.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tether demo",
            "  tether demo --kl-target 2 --out demo-tight",
            "  tether demo --study",
            "  tether demo --study --study-preferences 128,1024 --study-kl-coefs 0.1,0.3 --steps 40 --out small"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int STEPS = 75;
    private static final int STEPS_OF_STUDY = 60;

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to. Default: demo, or demo-study.")
    private Path out;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of each run. Default: 75; 60 in the study.")
    private Integer steps;

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

    @ArgGroup(validate = false, heading = "%nThe study:%n")
    private StudyOptions study = new StudyOptions();

    /** One way to train. */
    private record Arm(String name, String title, List<String> settings) {}

    @Override
    public Integer call() {
        steps = steps == null ? (study.study ? STEPS_OF_STUDY : STEPS) : steps;
        require("--steps", steps);
        require("--preferences", preferences);
        requireFitting();
        TorchEngine.start(0);
        return study.study ? study() : demonstration();
    }

    private int study() {
        StudyPlan plan = study.plan(steps, seed);
        PrintWriter terminal = spec.commandLine().getOut();
        Interrupts interrupts = Interrupts.listen(() -> {
            terminal.println("stopping after this step, then saving (Ctrl-C again: stop at once)");
            terminal.flush();
        });
        return new StudyRun(plan, out == null ? Path.of("demo-study") : out, terminal, interrupts).make();
    }

    /** An option of the other half is a misunderstanding. */
    private void requireFitting() {
        List<String> others = study.study
                ? List.of("--preferences", "--kl-target", "--kl-coef")
                : List.of("--study-kl-coefs", "--study-preferences", "--study-best-of", "--study-prompts");
        for (String other : others) {
            if (spec.commandLine().getParseResult().hasMatchedOption(other)) {
                throw new InputException(
                        other + (study.study ? " cannot be given with --study" : " needs --study") + ": see --help");
            }
        }
    }

    private int demonstration() {
        PrintWriter terminal = spec.commandLine().getOut();
        out = out == null ? Path.of("demo") : out;
        requireFree();
        terminal.println("learning a reward from " + preferences + " preferences between the model's own answers");
        terminal.flush();
        LearnedReward learned = LearnedReward.learn(List.of(preferences), seed).get(0);
        terminal.println(learned.sentence());
        Path reward = out.resolve("reward.json");
        learned.reward().write(reward);
        terminal.println();
        arms().forEach(arm -> terminal.println(arm.title()));
        terminal.println();
        terminal.flush();
        List<RecordedRun> runs = train(reward, terminal);
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

    /** As many at a time as there are cores: the model is so small that one run cannot use two. */
    private List<RecordedRun> train(Path reward, PrintWriter terminal) {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService workers = Executors.newFixedThreadPool(Math.min(cores, arms().size()));
        try {
            List<Future<RecordedRun>> coming = arms().stream()
                    .map(arm -> workers.submit(() -> train(arm, reward, terminal)))
                    .toList();
            List<RecordedRun> runs = new ArrayList<>();
            for (Future<RecordedRun> run : coming) {
                runs.add(run.get());
            }
            return runs;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException mistake) {
                throw mistake;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the runs were made", e);
        } finally {
            workers.shutdownNow();
        }
    }

    private RecordedRun train(Arm arm, Path reward, PrintWriter terminal) {
        Path directory = out.resolve(arm.name());
        TrainingSession.train(
                new DemoSettings(steps, seed).run(reward, arm.settings()),
                directory,
                () -> false,
                progress(arm, terminal));
        return RecordedRun.read(RunDirectory.open(directory));
    }

    private List<Arm> arms() {
        return List.of(
                new Arm("no-belt", "1. no belt", DemoSettings.fixed(0)),
                new Arm("fixed", "2. a fixed coefficient, " + klCoef, DemoSettings.fixed(klCoef)),
                new Arm("budget", "3. a KL budget, " + klTarget + " nats per response", DemoSettings.budget(klTarget)));
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

    private RunListener progress(Arm arm, PrintWriter terminal) {
        return new RunListener() {
            @Override
            public void stepped(StepResult result) {
                StepRecord step = result.record();
                if (step.step() % 10 == 0 || step.step() == 1) {
                    terminal.printf(
                            Locale.ROOT,
                            "  %-8s step %3d  proxy %7.3f  gold %.3f  KL %6.2f nats  distinct-2 %.3f%n",
                            arm.name(),
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
