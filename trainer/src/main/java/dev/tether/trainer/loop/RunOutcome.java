package dev.tether.trainer.loop;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param kind of end
 * @param steps taken in all, those before a resume included
 * @param checkpoint the newest one
 * @param divergence what stopped being finite, where the run diverged
 */
public record RunOutcome(
        Kind kind, int steps, Optional<Path> checkpoint, Optional<TrainingDivergedException> divergence) {
    /** Kinds of end. */
    public enum Kind {
        /** All steps were taken. */
        COMPLETED,
        /** Somebody asked to stop; a checkpoint was written. */
        INTERRUPTED,
        /** A figure stopped being finite. */
        DIVERGED
    }
}
