package dev.tether.cli.train;

import dev.tether.cli.console.Overrides;
import dev.tether.cli.model.ModelNames;
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
            description =
                    "Hugging Face directory, or hf:org/name, which is downloaded. [model.policy: builtin:reviews]")
    private String model;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = ".jsonl, .json, .csv, .tsv or .parquet with a \"prompt\" per row, or .txt with one per line; "
                    + "see tether data. [prompts.source: builtin:reviews]")
    private String prompts;

    @Option(
            names = "--chat-template",
            paramLabel = "NAME",
            description = "How conversations are written: auto (the model's own), chatml, llama_2, llama_3, mistral, "
                    + "zephyr or role_tags. [prompts.chat_template: auto]")
    private String chatTemplate;

    @Option(
            names = "--reward",
            paramLabel = "SPEC",
            description = "What is rewarded; the kinds stand below. [reward.source: lexicon]")
    private String reward;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            description = "How scores become an update: ppo, grpo, rloo, reinforce_plus_plus or dpo. [algorithm: ppo]")
    private String algorithm;

    @Option(
            names = "--lora-rank",
            paramLabel = "N",
            description = "Train low-rank adapters of this rank instead of all weights. [lora.rank: 0]")
    private String loraRank;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "Begin with this saved adapter, and train it on. [lora.adapter: null]")
    private String adapter;

    @Option(
            names = "--num-generations",
            paramLabel = "N",
            description = "Answers to each prompt; grpo 8, rloo 4, else 1. [generation.num_generations: 0]")
    private String numGenerations;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the training loop. [steps: 120]")
    private String steps;

    @Option(names = "--batch", paramLabel = "N", description = "Responses per step. [prompts.batch_size: 32]")
    private String batch;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Longest response. [generation.max_new_tokens: 48]")
    private String maxNewTokens;

    @Option(
            names = "--kl-target",
            paramLabel = "NATS",
            description = "KL to the reference that the controller holds. [belt.target: 6.0]")
    private String klTarget;

    @Option(
            names = "--kl-unit",
            paramLabel = "UNIT",
            description = "What the target counts for: a sequence or a token. [belt.unit: sequence]")
    private String klUnit;

    @Option(
            names = "--controller",
            paramLabel = "NAME",
            description =
                    "What moves the KL coefficient: fixed, thermostat, ziegler, pi, pid, dual_ascent or schedule. "
                            + "[belt.controller: pi]")
    private String controller;

    @Option(
            names = "--placement",
            paramLabel = "NAME",
            description =
                    "Where the penalty acts: k1_in_reward, rao_blackwell_in_loss, weighted_k3_in_loss, k2_in_loss; to "
                            + "reproduce others, k3_in_loss (forward KL) or k1_in_loss (no force). [belt.placement: k1_in_reward]")
    private String placement;

    @Option(
            names = "--kl-coef",
            paramLabel = "B",
            description = "KL coefficient beta, or where the controller starts. [belt.kl_coef: 0.1]")
    private String klCoef;

    @Option(
            names = "--lr",
            paramLabel = "X",
            description = "Learning rate; 1e-5 with --model, where a larger model moves further per step. "
                    + "[optimizer.learning_rate: 4e-5]")
    private String learningRate;

    @Option(names = "--seed", paramLabel = "N", description = "Of every random choice. [seed: 17]")
    private String seed;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any other setting, such as update.epochs=2; may be repeated and wins over the rest.")
    private List<String> set = new ArrayList<>();

    /** The built-in model's rate throws a model of 15 million weights off within two steps: measured, see docs/log.md. */
    private static final String CAREFUL_LEARNING_RATE = "optimizer.learning_rate=1e-5";

    /** What was given. */
    Overrides overrides() {
        return overrides(new Overrides());
    }

    private Overrides overrides(Overrides first) {
        return first.add("model.policy", "--model", model)
                .add("prompts.source", "--prompts", prompts)
                .add("prompts.chat_template", "--chat-template", chatTemplate)
                .add("reward.source", "--reward", reward)
                .add("algorithm", "--algorithm", algorithm)
                .add("lora.rank", "--lora-rank", loraRank)
                .add("lora.adapter", "--adapter", adapter)
                .add("generation.num_generations", "--num-generations", numGenerations)
                .add("steps", "--steps", steps)
                .add("prompts.batch_size", "--batch", batch)
                .add("generation.max_new_tokens", "--max-new-tokens", maxNewTokens)
                .add("belt.target", "--kl-target", klTarget)
                .add("belt.unit", "--kl-unit", klUnit)
                .add("belt.controller", "--controller", controller)
                .add("belt.placement", "--placement", placement)
                .add("belt.kl_coef", "--kl-coef", klCoef)
                .add("optimizer.learning_rate", "--lr", learningRate)
                .add("seed", "--seed", seed)
                .addAll(set);
    }

    /** The settings of the file, or the defaults, under what was given here. */
    RunSettings resolve(Optional<Path> config) {
        return resolve(config, new Overrides());
    }

    /**
     * {@link #resolve(Optional)} for a command that stands for settings itself.
     *
     * @param first ranks above the file and below what was given here
     */
    RunSettings resolve(Optional<Path> config, Overrides first) {
        Overrides given = overrides(first);
        List<String> overrides = new ArrayList<>();
        if (config.isEmpty() && model != null && !ModelNames.isBuiltIn(model)) {
            overrides.add(CAREFUL_LEARNING_RATE);
        }
        overrides.addAll(given.paths());
        return FilePaths.absolute(given.told(() -> config.map(file -> SettingsReader.read(file, overrides))
                .orElseGet(() -> SettingsReader.defaults(overrides))));
    }
}
