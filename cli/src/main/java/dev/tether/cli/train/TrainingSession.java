package dev.tether.cli.train;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.run.RunDirectory;
import dev.tether.run.report.RunReport;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import dev.tether.trainer.loop.RunClocks;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Training for another command: what {@code tether train} does, without its table. */
public final class TrainingSession {
    private TrainingSession() {}

    /**
     * Trains in a new run directory and writes its report.
     *
     * @param out not there yet, or empty
     * @param stop asked after each step; true ends the run with a checkpoint
     * @param listeners are told what it does
     */
    public static RunOutcome train(RunSettings settings, Path out, BooleanSupplier stop, RunListener... listeners) {
        RunDirectory directory = RunDirectory.create(out);
        try (TrainingSetup setup = TrainingSetup.open(settings);
                TrainingRun run = TrainingRun.begin(directory, setup.parts(), settings, setup.identity(), clocks())) {
            return execute(run, directory, stop, listeners);
        }
    }

    /**
     * Goes on with the run in {@code out} from its newest checkpoint; a run that has none, or none at all, is begun anew.
     *
     * @throws InputException where the run there has other settings
     */
    public static RunOutcome trainOn(RunSettings settings, Path out, BooleanSupplier stop, RunListener... listeners) {
        RunDirectory directory = new RunDirectory(out);
        if (Files.exists(directory.settings())
                && !SettingsReader.read(directory.settings(), List.of()).equals(settings)) {
            throw new InputException(out + " holds a run with other settings: choose another directory, or remove it");
        }
        if (!hasCheckpoint(directory)) {
            try {
                AtomicFiles.delete(out);
            } catch (IOException e) {
                throw new InputException("cannot begin " + out + " anew: " + AtomicFiles.reason(e), e);
            }
            return train(settings, out, stop, listeners);
        }
        try (TrainingSetup setup = TrainingSetup.open(settings);
                TrainingRun run = TrainingRun.resume(directory, setup.parts(), settings, setup.identity(), clocks())) {
            return execute(run, directory, stop, listeners);
        }
    }

    /** True where a run can be resumed. */
    static boolean hasCheckpoint(RunDirectory directory) {
        if (!directory.isRun() || !Files.isDirectory(directory.checkpoints())) {
            return false;
        }
        try (Stream<Path> checkpoints = Files.list(directory.checkpoints())) {
            return checkpoints.anyMatch(each -> !each.toString().endsWith(AtomicFiles.ASIDE));
        } catch (IOException e) {
            throw new InputException("cannot read " + directory.checkpoints() + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static RunOutcome execute(
            TrainingRun run, RunDirectory directory, BooleanSupplier stop, RunListener... listeners) {
        RunOutcome outcome = run.execute(stop, listeners);
        RunReport.of(directory).write(directory.report());
        return outcome;
    }

    private static RunClocks clocks() {
        return new RunClocks(System::nanoTime, InstantSource.system());
    }
}
