package dev.tether.cli.demo;

import dev.tether.cli.console.ExitCode;
import dev.tether.cli.demo.StudyPlan.Arm;
import dev.tether.cli.plan.ReferenceSampler;
import dev.tether.cli.plan.ScoredSamples;
import dev.tether.cli.train.TrainingSession;
import dev.tether.core.frontier.BestOfNCurve;
import dev.tether.core.stats.RunningStats;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.JournalReader;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.report.Study;
import dev.tether.run.report.StudyCurve;
import dev.tether.run.report.StudyPage;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.reward.PreferenceReward;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes a study, or what is still missing of it, and writes its page and its numbers. */
final class StudyRun {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final StudyPlan plan;
    private final Path out;
    private final PrintWriter terminal;
    private final BooleanSupplier stop;

    StudyRun(StudyPlan plan, Path out, PrintWriter terminal, BooleanSupplier stop) {
        this.plan = plan;
        this.out = out;
        this.terminal = terminal;
        this.stop = stop;
    }

    int make() {
        try {
            Files.createDirectories(out.resolve("runs"));
        } catch (IOException e) {
            throw new InputException("cannot make " + out + ": " + AtomicFiles.reason(e), e);
        }
        plan.keep(out.resolve("plan.json"));
        say(
                "%s: about %.0f min on two idle cores. Ctrl-C stops; the same command goes on.",
                plan.sentence(), Math.ceil(plan.secondsExpected() / 60));
        Map<Integer, Double> accuracies = accuracies();
        if (!trainAll()) {
            return stopped();
        }
        ScoredSamples pool = pool();
        if (stop.getAsBoolean()) {
            return stopped();
        }
        Study study = study(accuracies, pool);
        new StudyPage(study, facts(accuracies)).write(out.resolve("study.html"));
        AtomicFiles.writeFile(out.resolve("study.json"), StudyJson.text(study, plan));
        say("");
        study.findings().forEach(finding -> say("%s", finding));
        say("");
        say("page     %s", out.resolve("study.html"));
        say("numbers  %s", out.resolve("study.json"));
        return ExitCode.DONE;
    }

    private int stopped() {
        say("stopped; the same command goes on");
        return ExitCode.INTERRUPTED;
    }

    private void say(String format, Object... values) {
        terminal.println(String.format(Locale.ROOT, format, values));
        terminal.flush();
    }

    private Path reward(int preferences) {
        return out.resolve("reward-" + preferences + ".json");
    }

    /** Learns the rewards where they are not there yet; the file of their accuracies is written last. */
    private Map<Integer, Double> accuracies() {
        Path file = out.resolve("rewards.json");
        if (!Files.exists(file)) {
            say("learning from %s preferences", plan.preferences());
            ObjectNode json = JSON.createObjectNode();
            for (LearnedReward learned : LearnedReward.learn(plan.preferences(), plan.seed())) {
                learned.reward().write(reward(learned.preferences()));
                json.put(Integer.toString(learned.preferences()), learned.accuracy());
                say("  %d preferences: %s", learned.preferences(), learned.sentence());
            }
            AtomicFiles.writeFile(file, json.toPrettyString() + "\n");
        }
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            Map<Integer, Double> accuracies = new LinkedHashMap<>();
            plan.preferences()
                    .forEach(count -> accuracies.put(
                            count, json.path(Integer.toString(count)).asDouble(Double.NaN)));
            return accuracies;
        } catch (JacksonException e) {
            throw new InputException(file + " cannot be read: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    private Path directory(Arm arm) {
        return out.resolve("runs").resolve(arm.name());
    }

    private boolean isDone(Arm arm) {
        RunDirectory directory = new RunDirectory(directory(arm));
        return Files.exists(directory.journal())
                && JournalReader.readAll(directory.journal()).end().isPresent();
    }

    /** False where it was stopped. */
    private boolean trainAll() {
        List<Arm> missing = plan.arms().stream().filter(arm -> !isDone(arm)).toList();
        int done = plan.arms().size() - missing.size();
        if (done > 0) {
            say("%d of %d runs are there already", done, plan.arms().size());
        }
        long begun = System.nanoTime();
        for (int i = 0; i < missing.size(); i++) {
            if (stop.getAsBoolean() || !train(missing.get(i))) {
                return false;
            }
            double seconds = (System.nanoTime() - begun) / 1e9 / (i + 1);
            say(
                    "  %d of %d  %s; %.0f min of training left",
                    done + i + 1,
                    plan.arms().size(),
                    ended(missing.get(i)),
                    Math.ceil(seconds * (missing.size() - i - 1) / 60));
        }
        return true;
    }

    private boolean train(Arm arm) {
        RunSettings settings = new DemoSettings(plan.steps(), plan.seed())
                .run(reward(arm.preferences()), DemoSettings.fixed(arm.klCoef()));
        return TrainingSession.trainOn(settings, directory(arm), stop).kind() != RunOutcome.Kind.INTERRUPTED;
    }

    private List<StepRecord> steps(Arm arm) {
        return JournalReader.readAll(new RunDirectory(directory(arm)).journal()).steps();
    }

    private String ended(Arm arm) {
        List<StepRecord> steps = steps(arm);
        StepRecord first = steps.get(0);
        StepRecord last = steps.get(steps.size() - 1);
        return String.format(
                Locale.ROOT,
                "%-27s gold %.2f to %.2f, learned reward %.1f to %.1f, KL %.1f",
                arm.title() + ":",
                first.goldScore().orElseThrow().mean(),
                last.goldScore().orElseThrow().mean(),
                first.score().orElseThrow().mean(),
                last.score().orElseThrow().mean(),
                last.referenceKl().orElseThrow().natsPerSequence().orElse(Double.NaN));
    }

    /** The reference's answers with their gold. */
    private ScoredSamples pool() {
        Path file = out.resolve("pool.jsonl");
        if (!Files.exists(file)) {
            say("sampling %d x %d answers of the reference", plan.prompts(), plan.samplesPerPrompt());
            RunSettings settings =
                    RunSettings.defaults().with("seed=" + plan.seed(), "reward.source=" + DemoSettings.GOLD);
            new ReferenceSampler(settings, plan.prompts(), plan.samplesPerPrompt())
                    .draw(count -> {})
                    .write(file);
        }
        return ScoredSamples.read(file);
    }

    private Study study(Map<Integer, Double> accuracies, ScoredSamples pool) {
        RunningStats gold = RunningStats.of(
                pool.rows().stream().mapToDouble(ScoredSamples.Row::score).toArray());
        List<Study.Learned> rewards = new ArrayList<>();
        List<StudyCurve> curves = new ArrayList<>();
        for (Arm arm : plan.arms()) {
            curves.add(StudyCurve.ofRun(arm.preferences(), arm.klCoef(), steps(arm), gold.mean()));
        }
        for (int count : plan.preferences()) {
            double[][] proxy = proxies(PreferenceReward.read(reward(count)), pool);
            RunningStats stats = RunningStats.of(
                    Arrays.stream(proxy).flatMapToDouble(Arrays::stream).toArray());
            rewards.add(
                    new Study.Learned(count, accuracies.get(count), stats.mean(), Math.sqrt(stats.besselVariance())));
            curves.add(StudyCurve.ofBestOf(count, BestOfNCurve.of(proxy, pool.scores(), plan.choices())));
        }
        return new Study(gold.mean(), Math.sqrt(gold.besselVariance()), rewards, curves);
    }

    /** In the shape and order of {@link ScoredSamples#scores()}. */
    private static double[][] proxies(PreferenceReward reward, ScoredSamples pool) {
        return new ScoredSamples(
                        pool.source(),
                        pool.rows().stream()
                                .map(row -> new ScoredSamples.Row(
                                        row.prompt(), row.response(), reward.score(row.response())))
                                .toList())
                .scores();
    }

    private List<String> facts(Map<Integer, Double> accuracies) {
        List<String> facts = new ArrayList<>();
        facts.add(plan.sentence());
        facts.add("seed " + plan.seed());
        accuracies.forEach((count, accuracy) -> facts.add(String.format(
                Locale.ROOT, "%d preferences: agrees with %.0f %% of unseen ones", count, 100 * accuracy)));
        return facts;
    }
}
