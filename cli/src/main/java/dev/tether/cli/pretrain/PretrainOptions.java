package dev.tether.cli.pretrain;

import dev.tether.torch.pretrain.ModelShape;
import dev.tether.torch.pretrain.PretrainSettings;
import picocli.CommandLine.Option;

/** The options of a new model and its learning; the defaults are those of the built-in model. */
final class PretrainOptions {
    @Option(
            names = "--vocab",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Tokens at most, 3 special ones and 256 bytes included. Default: ${DEFAULT-VALUE}.")
    private int vocabulary;

    @Option(
            names = "--layers",
            paramLabel = "N",
            defaultValue = "3",
            description = "Layers of the network. Default: ${DEFAULT-VALUE}.")
    private int layers;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            defaultValue = "128",
            description = "Width of the hidden state. Default: ${DEFAULT-VALUE}.")
    private int hidden;

    @Option(
            names = "--heads",
            paramLabel = "N",
            defaultValue = "4",
            description = "Attention heads. Default: ${DEFAULT-VALUE}.")
    private int heads;

    @Option(
            names = "--feed-forward",
            paramLabel = "N",
            defaultValue = "344",
            description = "Width inside the feed-forward layers. Default: ${DEFAULT-VALUE}.")
    private int feedForward;

    @Option(
            names = "--context",
            paramLabel = "N",
            defaultValue = "128",
            description = "Positions the model can attend to. Default: ${DEFAULT-VALUE}.")
    private int context;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Optimiser steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "48",
            description = "Documents in one step. Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = "--lr",
            paramLabel = "X",
            defaultValue = "3e-3",
            description = "Learning rate at its peak. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "100",
            description = "Steps in which the learning rate rises. Default: ${DEFAULT-VALUE}, --steps at most.")
    private int warmup;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "17",
            description = "Of the documents of a world, the weights and the order. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of libtorch; 0 = one per core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    PretrainSettings settings() {
        return new PretrainSettings(
                vocabulary,
                new ModelShape(layers, hidden, heads, feedForward, context),
                new PretrainSettings.Course(steps, rows, learningRate, Math.min(warmup, steps)),
                seed);
    }

    int threads() {
        return threads;
    }
}
