package dev.tether.cli.train;

import dev.tether.run.RunDirectory;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunObserver;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.TrainingRun;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/** Training for another command: what {@code tether train} does, without its table. */
public final class TrainingSession {
    private TrainingSession() {}

    /**
     * Trains in a new run directory and writes its report.
     *
     * @param out not there yet, or empty
     */
    public static RunOutcome train(RunSettings settings, Path out, RunObserver observer, BooleanSupplier stop) {
        RunDirectory directory = RunDirectory.create(out);
        RunClocks clocks = new RunClocks(System::nanoTime, InstantSource.system());
        try (TrainingSetup setup = TrainingSetup.open(settings);
                TrainingRun run = TrainingRun.begin(directory, setup.parts(), settings, setup.identity(), clocks)) {
            RunOutcome outcome = run.execute(observer, stop);
            RunReport.of(directory).write(directory.report());
            return outcome;
        }
    }
}
