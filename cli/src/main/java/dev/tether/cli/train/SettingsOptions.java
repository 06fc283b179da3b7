package dev.tether.cli.train;

import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of {@code tether train} that are settings; each is short for one {@code --set}. */
final class SettingsOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Hugging Face directory of a Llama or GPT-2 model, or builtin:reviews. [model.policy]")
    private String model;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = ".jsonl with a \"prompt\" per row, or .txt with one per line. [prompts.source]")
    private String prompts;

    @Option(names = "--reward", paramLabel = "SPEC", description = "What is rewarded, see below. [reward.source]")
    private String reward;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the training loop. [steps]")
    private String steps;

    @Option(names = "--batch", paramLabel = "N", description = "Responses per step. [prompts.batch_size]")
    private String batch;

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Longest response. [generation.max_new_tokens]")
    private String maxNewTokens;

    @Option(
            names = "--kl-target",
            paramLabel = "NATS",
            description = "KL to the reference that the controller holds. [belt.target]")
    private String klTarget;

    @Option(names = "--kl-unit", paramLabel = "UNIT", description = "Of the target: sequence or token. [belt.unit]")
    private String klUnit;

    @Option(
            names = "--controller",
            paramLabel = "NAME",
            description = "What moves the KL coefficient: fixed, thermostat or ziegler. [belt.controller]")
    private String controller;

    @Option(
            names = "--kl-coef",
            paramLabel = "B",
            description = "KL coefficient beta, where the controller starts from. [belt.kl_coef]")
    private String klCoef;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate. [optimizer.learning_rate]")
    private String learningRate;

    @Option(names = "--seed", paramLabel = "N", description = "Of every random choice. [seed]")
    private String seed;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any other setting, such as ppo.epochs=2; may be repeated and wins over the rest.")
    private List<String> set = new ArrayList<>();

    /** What was given, as {@code path=value}, in the order of rank. */
    List<String> overrides() {
        List<String> overrides = new ArrayList<>();
        add(overrides, "model.policy", model);
        add(overrides, "prompts.source", prompts);
        add(overrides, "reward.source", reward);
        add(overrides, "steps", steps);
        add(overrides, "prompts.batch_size", batch);
        add(overrides, "generation.max_new_tokens", maxNewTokens);
        add(overrides, "belt.target", klTarget);
        add(overrides, "belt.unit", klUnit);
        add(overrides, "belt.controller", controller);
        add(overrides, "belt.kl_coef", klCoef);
        add(overrides, "optimizer.learning_rate", learningRate);
        add(overrides, "seed", seed);
        overrides.addAll(set);
        return overrides;
    }

    private static void add(List<String> overrides, String path, String value) {
        if (value != null) {
            overrides.add(path + "=" + value);
        }
    }

    /** The settings of the file, or the defaults, under what was given here. */
    RunSettings resolve(Optional<Path> config) {
        RunSettings settings = config.map(file -> SettingsReader.read(file, overrides()))
                .orElseGet(() -> SettingsReader.defaults(overrides()));
        return FilePaths.absolute(settings);
    }
}
