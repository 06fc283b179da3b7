package dev.tether.torch.pretrain;

import dev.tether.torch.optim.OptimizerSettings;

/**
 * How a model learns to imitate.
 *
 * @param epochs passes over all demonstrations; ≥ 1
 * @param rows demonstrations of one optimiser step; ≥ 1
 * @param rowsAtOnce that go through the network at once; ≥ 1
 * @param learningRate at its peak; it rises over the warm-up and falls along half a cosine to 0
 * @param warmupShare of all steps; in [0, 1]
 * @param maxLength tokens of a row; longer ones are cut into several
 * @param heldOutShare of the demonstrations that is only measured; in (0, 1)
 * @param seed of what is held out and of the order
 */
public record FineTuneSettings(
        int epochs,
        int rows,
        int rowsAtOnce,
        double learningRate,
        double warmupShare,
        int maxLength,
        double heldOutShare,
        OptimizerSettings optimizer,
        long seed) {
    public FineTuneSettings {
        require("epochs", epochs, epochs >= 1, "at least 1");
        require("rows", rows, rows >= 1, "at least 1");
        require("rows at once", rowsAtOnce, rowsAtOnce >= 1, "at least 1");
        require("warmup share", warmupShare, warmupShare >= 0 && warmupShare <= 1, "in 0..1");
        require("max_length", maxLength, maxLength >= 2, "at least 2");
        require("held-out share", heldOutShare, heldOutShare > 0 && heldOutShare < 1, "between 0 and 1");
    }

    private static void require(String name, Object value, boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }

    /** Optimiser steps for so many rows. */
    public int steps(int learned) {
        return epochs * ((learned + rows - 1) / rows);
    }

    PretrainSettings.Course course(int learned) {
        int steps = steps(learned);
        return new PretrainSettings.Course(steps, rows, learningRate, (int) Math.round(warmupShare * steps));
    }
}
