package dev.tether.cli.preference;

import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.reward.RewardTraining;
import picocli.CommandLine.Option;

/** How a reward model learns. */
final class RewardModelOptions {
    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Passes over all pairs. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--pairs-per-step",
            paramLabel = "N",
            defaultValue = "32",
            description = "Pairs of one optimiser step. Default: ${DEFAULT-VALUE}.")
    private int pairsPerStep;

    @Option(
            names = "--pairs-at-once",
            paramLabel = "N",
            defaultValue = "16",
            description = "Pairs that go through the network at once: fewer need less memory, and change nothing else. "
                    + "Default: ${DEFAULT-VALUE}.")
    private int pairsAtOnce;

    @Option(
            names = "--lr",
            paramLabel = "X",
            defaultValue = "1e-4",
            description = "Learning rate at its peak; it rises over --warmup and falls in a straight line to 0. "
                    + "Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description = "Share of all steps in which the learning rate rises. Default: ${DEFAULT-VALUE}.")
    private double warmup;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0.0",
            description = "AdamW's. Default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--max-grad-norm",
            paramLabel = "X",
            defaultValue = "1.0",
            description = "Gradients are shortened to this norm. Default: ${DEFAULT-VALUE}.")
    private double maxGradNorm;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "17",
            description = "Of what is paired, held out and learned when. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of libtorch; 0 = one per core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    RewardTraining training() {
        OptimizerSettings optimizer = new OptimizerSettings(0.9, 0.999, 1e-8, weightDecay, maxGradNorm);
        return new RewardTraining(epochs, pairsPerStep, pairsAtOnce, learningRate, warmup, optimizer, seed);
    }

    long seed() {
        return seed;
    }

    int threads() {
        return threads;
    }
}
