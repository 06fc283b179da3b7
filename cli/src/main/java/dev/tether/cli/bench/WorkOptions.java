package dev.tether.cli.bench;

import dev.tether.cli.console.Overrides;
import dev.tether.cli.console.Words;
import dev.tether.run.InputException;
import dev.tether.run.settings.AlgorithmName;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options of {@code tether bench} that are settings of the measured run. */
final class WorkOptions {
    @Option(
            names = "--like",
            paramLabel = "WHOM",
            converter = WorkloadConverter.class,
            defaultValue = "peers",
            description =
                    "Where the settings begin: peers (as other trainers were measured) or tether (the same task, all "
                            + "else as in tether train). Default: ${DEFAULT-VALUE}.")
    private Workload like;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Hugging Face directory, hf:org/name, or builtin:reviews (the default).")
    private String model;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            converter = AlgorithmConverter.class,
            defaultValue = "ppo",
            description =
                    "ppo, or grpo in groups of 8 and one update, rloo, reinforce_plus_plus. Default: ${DEFAULT-VALUE}.")
    private AlgorithmName algorithm;

    @Option(
            names = "--value",
            paramLabel = "WHERE",
            description = "Value function of ppo: separate (a network of its own) or shared.")
    private String value;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "Number type of the arithmetic. [model.dtype]")
    private String dtype;

    @Option(names = "--batch", paramLabel = "N", description = "Responses per step. Default: 32.")
    private String batch;

    @Option(names = "--new-tokens", paramLabel = "N", description = "Tokens of a response, at most. Default: 64.")
    private String newTokens;

    @Option(names = "--updates", paramLabel = "ExM", description = "Epochs times minibatches. Default: 4x4; grpo 1x1.")
    private String updates;

    @Option(names = "--lr", paramLabel = "X", description = "Learning rate. Default: 1e-5.")
    private String learningRate;

    @Option(names = "--kl", paramLabel = "B", description = "Price of a nat. Default: 0.05; grpo 0.04.")
    private String klCoef;

    @Option(names = "--threads", paramLabel = "N", description = "Of libtorch; 0 = one per core. Default: 2.")
    private String threads;

    @Option(names = "--seed", paramLabel = "N", description = "Of prompts, samples and weights. Default: 1.")
    private String seed;

    @Option(names = "--steps", paramLabel = "N", description = "Steps at most, warm-up included. Default: 12.")
    private String steps;

    @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Any other setting, such as update.epochs=2.")
    private List<String> set = new ArrayList<>();

    /** The settings to be measured. */
    RunSettings settings() {
        if (!algorithm.learnsFromItsAnswers()) {
            throw new InputException("--algorithm dpo learns from pairs: there is nothing like it to compare it with");
        }
        Overrides given = new Overrides()
                .add("algorithm", "--algorithm", Words.name(algorithm))
                .add("model.policy", "--model", model)
                .add("model.value", "--value", value)
                .add("model.dtype", "--dtype", dtype)
                .add("prompts.batch_size", "--batch", batch)
                .add("generation.max_new_tokens", "--new-tokens", newTokens)
                .add("optimizer.learning_rate", "--lr", learningRate)
                .add("belt.kl_coef", "--kl", klCoef)
                .add("threads", "--threads", threads)
                .add("seed", "--seed", seed)
                .add("steps", "--steps", steps);
        parsedUpdates()
                .ifPresent(u ->
                        given.add("update.epochs", "--updates", u[0]).add("update.minibatches", "--updates", u[1]));
        given.addAll(set);
        List<String> all = new ArrayList<>(like.settings(algorithm));
        all.addAll(given.paths());
        return given.told(() -> SettingsReader.defaults(all));
    }

    /** Epochs and minibatches. */
    private Optional<String[]> parsedUpdates() {
        if (updates == null) {
            return Optional.empty();
        }
        if (updates.matches("\\d{1,4}")) {
            return Optional.of(new String[] {updates, "1"});
        }
        if (!updates.matches("\\d{1,4}x\\d{1,4}")) {
            throw new InputException("--updates " + updates + ": must be epochs x minibatches, such as 4x4");
        }
        return Optional.of(updates.split("x"));
    }

    Workload like() {
        return like;
    }

    /** Reads the workload's name. */
    static final class WorkloadConverter implements ITypeConverter<Workload> {
        @Override
        public Workload convert(String word) throws Exception {
            return Words.lowerCase(Workload.class).convert(word);
        }
    }

    /** Reads the algorithm's name. */
    static final class AlgorithmConverter implements ITypeConverter<AlgorithmName> {
        @Override
        public AlgorithmName convert(String word) throws Exception {
            return Words.lowerCase(AlgorithmName.class).convert(word);
        }
    }
}
