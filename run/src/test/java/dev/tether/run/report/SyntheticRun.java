package dev.tether.run.report;

import dev.tether.core.control.KlTarget;
import dev.tether.core.control.MoveReason;
import dev.tether.run.RunDirectory;
import dev.tether.run.journal.AdvantageFigures;
import dev.tether.run.journal.ControllerFigures;
import dev.tether.run.journal.Distribution;
import dev.tether.run.journal.JournalWriter;
import dev.tether.run.journal.ResponseTokens;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.RunEnd;
import dev.tether.run.journal.RunHeader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleWriter;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.journal.StepRecordBuilder;
import dev.tether.run.journal.UpdateKl;
import dev.tether.run.settings.BeltSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.nio.file.Path;
import java.util.Random;

/**
 * A run directory as training would leave it, with figures from a formula: KL rises and is held at the target (or, where
 * the coefficient is fixed, grows), the score follows √KL.
 */
final class SyntheticRun {
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
            for (int step = 1; step <= settings.steps(); step++) {
                journal.append(step(step));
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
                .klCoef(beta)
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

    private ControllerFigures controller(boolean fixed) {
        if (fixed) {
            return ControllerFigures.of("fixed", new MoveReason(MoveReason.Kind.FIXED, "β is fixed"));
        }
        return ControllerFigures.of(
                settings.belt().controller().name().toLowerCase(java.util.Locale.ROOT),
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
        return new SampleRecord(
                step,
                index,
                prompt,
                response,
                new int[] {1, 2},
                new int[] {3, 4},
                new double[] {-1, -1},
                new double[] {-1.5, -1.25},
                new boolean[] {true, true},
                0.1 * index + 0.01 * step,
                "ended",
                0.75);
    }
}
