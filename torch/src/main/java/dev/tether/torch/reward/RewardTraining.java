package dev.tether.torch.reward;

import dev.tether.torch.optim.OptimizerSettings;

/**
 * How a reward model learns: AdamW, the learning rate rising over the warm-up and falling in a straight line to 0.
 *
 * @param epochs passes over all pairs; ≥ 1
 * @param pairsPerStep of one optimiser step; ≥ 1
 * @param pairsAtOnce that go through the network at once; ≥ 1
 * @param learningRate at its peak
 * @param warmupShare of all steps in which the learning rate rises; in [0, 1]
 * @param seed of the order of the pairs
 */
public record RewardTraining(
        int epochs,
        int pairsPerStep,
        int pairsAtOnce,
        double learningRate,
        double warmupShare,
        OptimizerSettings optimizer,
        long seed) {
    public RewardTraining {
        require("epochs", epochs, epochs >= 1, "at least 1");
        require("pairs per step", pairsPerStep, pairsPerStep >= 1, "at least 1");
        require("pairs at once", pairsAtOnce, pairsAtOnce >= 1, "at least 1");
        require("learning_rate", learningRate, learningRate > 0 && Double.isFinite(learningRate), "finite and > 0");
        require("warmup share", warmupShare, warmupShare >= 0 && warmupShare <= 1, "in 0..1");
    }

    private static void require(String name, Object value, boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }

    /** Optimiser steps for so many pairs. */
    public int steps(int pairs) {
        return epochs * stepsPerEpoch(pairs);
    }

    int stepsPerEpoch(int pairs) {
        return (pairs + pairsPerStep - 1) / pairsPerStep;
    }
}
