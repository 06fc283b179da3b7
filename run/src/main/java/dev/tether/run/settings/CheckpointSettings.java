package dev.tether.run.settings;

/**
 * @param everySteps a checkpoint after each this many steps; ≥ 1
 * @param keep the newest checkpoints that stay on disk; ≥ 1
 */
public record CheckpointSettings(
        @Meaning("a checkpoint after each this many steps") int everySteps,

        @Meaning("how many of the newest checkpoints stay on disk")
        int keep) {

    public CheckpointSettings {
        Require.atLeast("checkpoints.every_steps", everySteps, 1);
        Require.atLeast("checkpoints.keep", keep, 1);
    }

    public static CheckpointSettings defaults() {
        return new CheckpointSettings(20, 2);
    }
}
