package dev.tether.run.journal;

/**
 * The last row of a run that came to an end by itself.
 *
 * @param steps that the run took
 * @param outcome why it ended
 */
public record RunEnd(long steps, Outcome outcome) implements RunEvent {

    /** Why a run ended. */
    public enum Outcome {
        /** All steps of the settings were taken. */
        COMPLETED,
        /** A figure stopped being finite. */
        DIVERGED
    }

    public RunEnd {
        Figures.law(steps >= 0, "steps", steps, ">= 0");
        Figures.law(outcome != null, "outcome", "null", "given");
    }
}
