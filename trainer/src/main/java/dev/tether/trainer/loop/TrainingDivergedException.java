package dev.tether.trainer.loop;

import dev.tether.run.journal.StepRecord;
import java.util.Optional;

/** A figure stopped being finite: the weights are spoiled, the last checkpoint is not. */
public final class TrainingDivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int step;
    private final transient Optional<StepRecord> lastGood;

    TrainingDivergedException(int step, String what, Optional<StepRecord> lastGood) {
        super("training diverged at step " + step + ": " + what);
        this.step = step;
        this.lastGood = lastGood;
    }

    /** The step that could not be finished. */
    public int step() {
        return step;
    }

    /** The last step whose figures were all finite. */
    public Optional<StepRecord> lastGood() {
        return lastGood;
    }
}
