package dev.tether.trainer.loop;

import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.parallel.PartReader;
import dev.tether.trainer.parallel.Together;
import dev.tether.trainer.selftest.SelfTestReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A run as all processes but the first take it: the very course of the {@link TrainingRun} that the first one keeps, and
 * nothing written. What the first reads from a checkpoint comes by wire.
 */
public final class FollowingRun {
    /** No directory: what is saved is compared with the first process, and written there. */
    private static final Path NOWHERE = Path.of("");

    private final TrainingParts parts;
    private final RunSettings settings;
    private final TrainingLoop loop;

    private FollowingRun(TrainingParts parts, RunSettings settings, RunClocks clocks) {
        this.parts = parts;
        this.settings = settings;
        this.loop = new TrainingLoop(parts, settings, clocks.nanos(), clocks.wall());
    }

    /** Beside a {@link TrainingRun#begin new run}. */
    public static FollowingRun begin(TrainingParts parts, RunSettings settings, RunClocks clocks) {
        return new FollowingRun(parts, settings, clocks);
    }

    /** Beside a {@link TrainingRun#resume resumed run}. */
    public static FollowingRun resume(TrainingParts parts, RunSettings settings, RunClocks clocks) {
        FollowingRun run = new FollowingRun(parts, settings, clocks);
        run.restore();
        byte[] state = Together.ofFirst(parts.peers(), "loop state", () -> new byte[0]);
        run.loop.resumeFrom(CheckpointStore.saved(state).state(run.loop.initialController()));
        return run;
    }

    /**
     * Takes the steps that are left.
     *
     * @param stopRequested asked after each step; the same at all processes
     */
    public RunOutcome.Kind execute(BooleanSupplier stopRequested) {
        RunCourse course = new RunCourse(loop, settings, new Follower());
        try {
            return switch (course.run(stopRequested)) {
                case COMPLETED -> RunOutcome.Kind.COMPLETED;
                case INTERRUPTED -> interrupted();
            };
        } catch (TrainingDivergedException e) {
            return RunOutcome.Kind.DIVERGED;
        }
    }

    /** The first process writes a checkpoint where the step has none yet. */
    private RunOutcome.Kind interrupted() {
        if (loop.state().step() % settings.checkpoints().everySteps() != 0) {
            save();
        }
        return RunOutcome.Kind.INTERRUPTED;
    }

    private void save() {
        try {
            parts.policy().saveTrainingState(NOWHERE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void restore() {
        try {
            parts.policy().restoreTrainingState(NOWHERE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does what the first process needs all others for. */
    private final class Follower implements RunCourse.Witness {
        @Override
        public void selfTested(SelfTestReport report) {
            // the first process writes it down
        }

        @Override
        public void beltProbed(BeltAtStart belt) {
            // the first process writes it down
        }

        @Override
        public void stepped(StepResult result) {
            // the first process writes it down
        }

        @Override
        public void checkpointDue() {
            save();
        }

        @Override
        public int goodBefore(int step) {
            return new PartReader(Together.ofFirst(parts.peers(), "roll back", () -> new byte[0])).number();
        }

        @Override
        public void rolledBack(int step, int toStep) {
            restore();
        }
    }
}
