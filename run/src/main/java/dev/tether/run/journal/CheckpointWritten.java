package dev.tether.run.journal;

/**
 * A checkpoint that the settings asked for (not one that an interrupt made: that stands in {@code sessions.jsonl}).
 *
 * @param step after which it was written
 * @param path relative to the run directory
 */
public record CheckpointWritten(long step, String path) implements RunEvent {
    public CheckpointWritten {
        Figures.law(step >= 0, "step", step, ">= 0");
        Figures.text("path", path);
    }
}
