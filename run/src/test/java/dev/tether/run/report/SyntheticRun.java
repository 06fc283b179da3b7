package dev.tether.run.report;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlEstimator;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.AdvantageFigures;
import dev.tether.run.journal.BeltFigures;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ExactKl;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.KlReading;
import dev.tether.run.journal.MeasuredKl;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.journal.SelfTestResult;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.StepRecordBuilder;
import dev.tether.run.journal.TextFigures;
import dev.tether.run.journal.UpdateKl;
import dev.tether.run.monitor.Monitor;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * A run directory as training would leave it, with figures from a formula: KL rises and is held at the target (or, where
 * the coefficient is fixed, grows), the score follows √KL.
 */
final class SyntheticRun {
    private static final int FORCE_EVERY = 20;

    private final RunSettings settings;
    private final Random random;

    SyntheticRun(RunSettings settings) {
        this.settings = settings;
        this.random = new Random(settings.seed());
    }

    RunDirectory writeTo(Path folder) {
        RunDirectory directory = RunDirectory.create(folder);
        SettingsWriter.write(settings, directory.settings());
        try (JournalWriter journal = JournalWriter.create(directory.journal());
                SampleWriter samples = SampleWriter.create(directory.samples())) {
            journal.append(new RunHeader(
                    SettingsWriter.digest(settings), "sha256:11", "sha256:22", settings.seed(), settings.steps()));
            journal.append(SelfTestResult.passed(1.2e-6, 1e-4, "Policy and reference agree."));
            Monitor monitor = Monitor.start();
            for (int step = 1; step <= settings.steps(); step++) {
                StepRecord record = step(step);
                journal.append(record);
                monitor.see(record).forEach(journal::append);
                for (int i = 0; i < 3; i++) {
                    samples.append(sample(step, i));
                }
            }
            journal.append(new RunEnd(settings.steps(), RunEnd.Outcome.COMPLETED));
        }
        return directory;
    }

    StepRecord step(int step) {
        boolean fixed = settings.belt().controller() == BeltSettings.Controller.FIXED;
        double grown = 0.35 * step + 0.02 * step * step / 10;
        double wished = settings.belt().target();
        double kl = (fixed ? grown : wished * (1 - Math.exp(-step / 7.0))) * (1 + 0.08 * random.nextGaussian());
        double score = 0.12 + 0.16 * Math.sqrt(Math.max(0, kl)) + 0.02 * random.nextGaussian();
        double beta = fixed ? settings.belt().klCoef() : settings.belt().klCoef() * (1 + 0.6 * Math.tanh(step / 20.0));
        double length = 41 + 3 * Math.sin(step / 9.0);
        StepRecordBuilder builder = StepRecord.builder(step)
                .score(new Distribution(score, 0.3, score - 0.9, score + 0.8))
                .rlhfReward(score - 0.1 * beta * kl)
                .klPenalty(-0.1 * beta * kl)
                .referenceKl(Rows.kl(kl / length, kl, 0.09 * kl / length, 0.09 * kl, 0.6 + 0.5 * kl))
                .referenceKlEstimates(new KlEstimateFigures(
                        reading(kl * (1 + 0.1 * random.nextGaussian()), 0.12 * kl, length),
                        reading(2.2 * kl, 0.1 * kl, length),
                        reading(1.1 * kl, 0.11 * kl, length),
                        reading(1.05 * kl, 0.25 * kl, length)))
                .exactKl(new ExactKl(
                        OptionalDouble.of(kl / length),
                        OptionalDouble.of(kl),
                        OptionalDouble.of(0.03 * kl / length),
                        OptionalDouble.of(0.03 * kl),
                        OptionalDouble.of(1.2 * kl / length),
                        OptionalDouble.of(0.5 + 0.3 * kl)))
                .samplerKl(new MeasuredKl(
                        OptionalDouble.of(2e-7 * (1 + random.nextDouble())),
                        OptionalDouble.of(8e-6),
                        OptionalDouble.of(1e-8),
                        OptionalDouble.of(4e-7),
                        KlEstimator.K3))
                .belt(belt(step))
                .klCoef(beta)
                .goldScore(new Distribution(
                        0.12 + 0.2 * Math.sqrt(Math.max(0, kl)) - 0.03 * kl + 0.01 * random.nextGaussian(),
                        0.25,
                        -0.4,
                        1.1))
                .referenceNll(2.4 - 0.07 * kl)
                .text(new TextFigures(
                        OptionalDouble.of(0.5 / (1 + 0.05 * kl)),
                        OptionalDouble.of(0.8 / (1 + 0.05 * kl)),
                        OptionalDouble.of(0.42 / (1 + 0.02 * kl))))
                .entropy(2.4 - 0.08 * kl)
                .updateKl(new UpdateKl(0.001, 0.004, 0.0041))
                .policyLoss(-0.02)
                .valueLoss(0.5 / step)
                .clipFraction(0.08)
                .advantage(new AdvantageFigures(0.01, 0.4))
                .responseTokens(new ResponseTokens(length, 48))
                .endedShare(0.8)
                .episodes(32L * step)
                .tokens(Math.round(32 * length))
                .tokensPerSecond(2100 + 30 * random.nextGaussian())
                .timing(Rows.timing());
        return builder.controller(controller(fixed)).build();
    }

    private static KlReading reading(double nats, double error, double length) {
        return new KlReading(
                OptionalDouble.of(nats / length),
                OptionalDouble.of(nats),
                OptionalDouble.of(error / length),
                OptionalDouble.of(error));
    }

    private BeltFigures belt(int step) {
        boolean measured = step % FORCE_EVERY == 0;
        return new BeltFigures(
                settings.belt().placement(),
                Optional.of(settings.belt().klCoef() == 0 ? "absent" : "attached"),
                measured ? OptionalDouble.of(0.97 + 0.02 * random.nextGaussian()) : OptionalDouble.empty(),
                measured ? OptionalDouble.of(0.02) : OptionalDouble.empty(),
                measured ? OptionalDouble.of(0.3) : OptionalDouble.empty());
    }

    private ControllerFigures controller(boolean fixed) {
        if (fixed) {
            return ControllerFigures.of("fixed", new MoveReason(MoveReason.Kind.FIXED, "β is fixed"));
        }
        return ControllerFigures.of(
                settings.belt().controller().name().toLowerCase(Locale.ROOT),
                new KlTarget(settings.belt().target(), settings.belt().unit()),
                new MoveReason(MoveReason.Kind.HELD, "KL is at its target"));
    }

    private SampleRecord sample(int step, int index) {
        String[] prompts = {"The hotel", "Our guide <b>was</b>", "I bought this kettle", "The museum", "Service & food"
        };
        String prompt = prompts[(step * 3 + index) % prompts.length];
        String response = step < 20
                ? " was near the station and the rooms were clean, though the breakfast was late."
                : " was wonderful! Truly great, lovely, perfect!!! We loved every minute!";
        List<String> tokens = List.of(response.replaceAll("(?<=[a-z])(?=[ ,.!])|(?<=[,.!])(?=[ .!])", "|")
                .split("\\|"));
        double[] logprobs = new double[tokens.size() + 1];
        double[] refLogprobs = new double[tokens.size() + 1];
        boolean[] mask = new boolean[tokens.size() + 1];
        for (int t = 0; t < mask.length; t++) {
            mask[t] = true;
            logprobs[t] = -0.7 - 0.1 * random.nextDouble();
            boolean praise = t < tokens.size() && tokens.get(t).matches(" wonderful| perfect|!");
            refLogprobs[t] = logprobs[t] - (praise ? 0.9 : 0.05) * Math.min(1, step / 20.0);
        }
        List<String> withEnd = new ArrayList<>(tokens);
        withEnd.add("</s>");
        return new SampleRecord(
                step,
                index,
                prompt,
                response,
                new int[] {1, 2},
                withEnd.stream()
                        .mapToInt(token -> Math.abs(token.hashCode() % 1000))
                        .toArray(),
                logprobs,
                refLogprobs,
                mask,
                0.1 * index + 0.01 * step,
                "ended",
                0.75,
                Optional.empty(),
                Optional.of(withEnd));
    }
}
