package dev.tether.cli.plan;

import dev.tether.cli.console.Overrides;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import picocli.CommandLine.Option;

/** Which model answers which prompts, and what scores the answers. */
public final class SampleOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Who answers: Hugging Face directory, hf:org/name, or builtin:reviews (the default).")
    private String model;

    @Option(names = "--prompts", paramLabel = "FILE", description = "As in training. Default: builtin:reviews.")
    private String prompts;

    @Option(
            names = "--chat-template",
            paramLabel = "NAME",
            description = "How prompts that are conversations are written, as in training. Default: the model's own.")
    private String chatTemplate;

    @Option(names = "--reward", paramLabel = "SPEC", description = "As in training. Default: lexicon.")
    private String reward;

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Longest response. Default: 48.")
    private String maxNewTokens;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any other setting, such as generation.top_p=0.9.")
    private List<String> set = new ArrayList<>();

    @Option(
            names = "--prompts-used",
            paramLabel = "N",
            description = "Prompts to answer, the first that training would draw. Default: all; of a plan, 16.")
    private Integer promptsUsed;

    @Option(names = "--seed", paramLabel = "N", description = "Of prompts and samples. Default: 17.")
    private String seed;

    public RunSettings settings() {
        return settings(Optional.empty(), new Overrides());
    }

    /**
     * The settings of a file, or the defaults, under what was given here.
     *
     * @param more what further options stand for
     */
    public RunSettings settings(Optional<Path> config, Overrides more) {
        Overrides given = more.add("model.policy", "--model", model)
                .add("prompts.source", "--prompts", prompts)
                .add("prompts.chat_template", "--chat-template", chatTemplate)
                .add("reward.source", "--reward", reward)
                .add("generation.max_new_tokens", "--max-new-tokens", maxNewTokens)
                .add("seed", "--seed", seed)
                .addAll(set);
        return given.told(() -> config.map(file -> SettingsReader.read(file, given.paths()))
                .orElseGet(() -> SettingsReader.defaults(given.paths())));
    }

    /** Refuses numbers that mean nothing, before anything is opened. */
    public void check() {
        if (promptsUsed != null && promptsUsed < 1) {
            throw new InputException("--prompts-used " + promptsUsed + ", must be at least 1");
        }
    }

    /** Draws {@code each} answers to every prompt; a terminal is told how many there are. */
    public ScoredSamples draw(RunSettings settings, int each, PrintWriter err) {
        return draw(settings, Integer.MAX_VALUE, each, err);
    }

    /** @param most prompts, where it was not said how many */
    ScoredSamples draw(RunSettings settings, int most, int each, PrintWriter err) {
        check();
        boolean shown = Boolean.getBoolean("tether.terminal");
        IntConsumer progress = shown
                ? count -> {
                    err.print("\rsampling: " + count + " answers\u001b[K");
                    err.flush();
                }
                : count -> {};
        int prompts = promptsUsed == null ? most : promptsUsed;
        ScoredSamples samples = new ReferenceSampler(settings, prompts, each).draw(progress);
        if (shown) {
            err.print("\r\u001b[K");
            err.flush();
        }
        return samples;
    }

    public String description() {
        RunSettings settings = settings();
        return settings.model().policy() + ", " + settings.prompts().source() + ", "
                + settings.reward().source();
    }
}
