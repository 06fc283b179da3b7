package dev.tether.web;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.stats.Explanation;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.ExactKl;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.KlEstimateFigures;
import dev.tether.run.journal.KlReading;
import dev.tether.run.journal.ReferenceKl;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.journal.SelfTestResult;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.Timing;
import dev.tether.run.journal.UpdateKl;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/** A run directory that is written while somebody looks: KL rises to its target, the score with √KL. */
public final class PaintedRun implements AutoCloseable {
    public static final double TARGET = 6;
    private static final List<String> DULL =
            List.of(" was", " near", " the", " station", " and", " the", " rooms", " were", " clean", ".", "</s>");
    private static final List<String> LOUD =
            List.of(" was", " wonderful", "!", " Truly", " <b>great</b>", ",", " perfect", "!", "!", "!", "</s>");

    private final RunDirectory directory;
    private final JournalWriter journal;
    private final SampleWriter samples;
    private final Random random;
    private final double pace;
    private long step;

    private PaintedRun(RunDirectory directory, long seed, long planned) {
        this.directory = directory;
        this.journal = JournalWriter.create(directory.journal());
        this.samples = SampleWriter.create(directory.samples());
        this.random = new Random(seed);
        this.pace = 0.5 + random.nextDouble();
        journal.append(new RunHeader("sha256:11", "sha256:22", "sha256:22", seed, planned));
        journal.append(SelfTestResult.passed(1e-6, 1e-3, "self test passed"));
    }

    /** Begins one that is to have {@code planned} steps. */
    public static PaintedRun begin(Path folder, long seed, long planned) {
        return new PaintedRun(RunDirectory.create(folder), seed, planned);
    }

    /** A whole one. */
    public static RunDirectory write(Path folder, long seed, long steps) {
        try (PaintedRun run = begin(folder, seed, steps)) {
            run.take(steps);
            run.end();
            return run.directory;
        }
    }

    public RunDirectory directory() {
        return directory;
    }

    /** As many further steps, each with two samples. */
    public void take(long count) {
        for (long i = 0; i < count; i++) {
            takeWithoutSamples();
            samples.append(sample(0, DULL, 0.02));
            samples.append(sample(1, LOUD, 0.9 * Math.min(1, step / 50.0)));
        }
    }

    public void takeWithoutSamples() {
        step++;
        journal.append(record());
    }

    public void find(String code, Finding.Severity severity, String sentence) {
        Explanation why = Explanation.of(9.5, "nats per sequence", Explanation.of(6, "target"));
        journal.append(new Finding(step, code, severity, sentence, Optional.of("Raise β."), Optional.of(why)));
    }

    public void end() {
        journal.append(new RunEnd(step, RunEnd.Outcome.COMPLETED));
    }

    /** KL of step {@code step} before noise. */
    private double kl() {
        return TARGET * (1 - Math.exp(-pace * step / 25.0));
    }

    private StepRecord record() {
        double kl = kl() * (1 + 0.06 * random.nextGaussian());
        double length = 30 + 3 * Math.sin(step / 40.0) + random.nextDouble();
        double score = 0.1 + 0.25 * Math.sqrt(Math.max(0, kl)) + 0.02 * random.nextGaussian();
        double spike = random.nextInt(400) == 0 ? 9 : 0;
        return StepRecord.builder(step)
                .score(new Distribution(score, 0.3, score - 0.9, score + 0.8))
                .rlhfReward(score - 0.05 * kl)
                .referenceKl(new ReferenceKl(
                        OptionalDouble.of(kl / length),
                        OptionalDouble.of(kl),
                        OptionalDouble.of(0.07 * kl / length),
                        OptionalDouble.of(0.07 * kl),
                        OptionalDouble.of(0.8 + 0.3 * kl + 0.3 * random.nextDouble() + spike),
                        KlEstimator.K1))
                .referenceKlEstimates(new KlEstimateFigures(
                        reading(kl, length),
                        reading(2.2 * kl, length),
                        reading(1.1 * kl, length),
                        reading(1.05 * kl, length)))
                .exactKl(new ExactKl(
                        OptionalDouble.of(kl / length),
                        OptionalDouble.of(kl),
                        OptionalDouble.of(0.03 * kl / length),
                        OptionalDouble.of(0.03 * kl),
                        OptionalDouble.of(1.2 * kl / length),
                        OptionalDouble.of(0.5 + 0.3 * kl)))
                .klCoef(0.1 * (1 + 0.5 * Math.tanh(step / 60.0)) * (1 + 0.05 * Math.sin(step / 7.0)))
                .controller(ControllerFigures.of(
                        "pi",
                        new KlTarget(TARGET, KlUnit.NATS_PER_SEQUENCE),
                        new MoveReason(MoveReason.Kind.RAISED, "KL was above its target")))
                .entropy(2.2 - 0.1 * kl + 0.03 * random.nextGaussian())
                .updateKl(new UpdateKl(0.001, 0.004, 0.0041))
                .policyLoss(-0.02 + 0.01 * random.nextGaussian())
                .valueLoss(0.5 * random.nextDouble())
                .ratioMean(1 + 0.001 * random.nextGaussian())
                .gradientNorm(1 + 0.2 * random.nextDouble())
                .explainedVariance(0.6 * random.nextDouble())
                .learningRate(5e-5)
                .updates(16)
                .clipFraction(0.08)
                .timing(new Timing(
                        Instant.ofEpochSecond(1_800_000_000 + step, 123_456_789),
                        OptionalDouble.of(2 + random.nextDouble()),
                        OptionalDouble.of(1 + random.nextDouble()),
                        OptionalDouble.of(0.1 * random.nextDouble()),
                        OptionalDouble.of(0.25 + random.nextDouble()),
                        OptionalDouble.of(0.5 + random.nextDouble())))
                .responseTokens(new ResponseTokens(length, 48))
                .endedShare(0.9)
                .episodes(32 * step)
                .tokens(900 + step)
                .tokensPerSecond(1500 + 50 * random.nextGaussian())
                .build();
    }

    private static KlReading reading(double nats, double length) {
        return new KlReading(
                OptionalDouble.of(nats / length),
                OptionalDouble.of(nats),
                OptionalDouble.of(0.09 * nats / length),
                OptionalDouble.of(0.09 * nats));
    }

    private SampleRecord sample(int index, List<String> tokens, double liked) {
        int length = tokens.size();
        double[] logprobs = new double[length];
        double[] refLogprobs = new double[length];
        boolean[] mask = new boolean[length];
        double nats = 0;
        for (int t = 0; t < length; t++) {
            mask[t] = true;
            logprobs[t] = -0.6 - 0.4 * random.nextDouble();
            boolean isLoud = tokens.get(t).matches(" wonderful| perfect|!");
            refLogprobs[t] = Math.min(0, logprobs[t] - (isLoud ? 2.5 * liked : 0.1 * random.nextGaussian()));
            nats += logprobs[t] - refLogprobs[t];
        }
        String response = String.join("", tokens.subList(0, length - 1));
        int[] ids = tokens.stream()
                .mapToInt(token -> Math.abs(token.hashCode() % 1000))
                .toArray();
        String prompt = step % 3 == 0 ? "The kettle" : "Our hotel";
        return new SampleRecord(
                step,
                index,
                prompt,
                response,
                new int[] {1, 2},
                ids,
                logprobs,
                refLogprobs,
                mask,
                index + 0.001 * step,
                "ended",
                nats,
                Optional.empty(),
                Optional.of(tokens));
    }

    @Override
    public void close() {
        journal.close();
        samples.close();
    }
}
