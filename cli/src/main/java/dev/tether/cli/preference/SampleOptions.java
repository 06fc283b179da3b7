package dev.tether.cli.preference;

import dev.tether.cli.console.Overrides;
import dev.tether.cli.plan.ReferenceSampler;
import dev.tether.cli.plan.ScoredSamples;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import picocli.CommandLine.Option;

/** Which model answers which prompts, and what scores the answers. */
final class SampleOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Who answers: Hugging Face directory, or builtin:reviews (the default).")
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
            description = "Prompts to answer, the first that training would draw. Default: all.")
    private Integer promptsUsed;

    @Option(names = "--seed", paramLabel = "N", description = "Of prompts and samples. Default: 17.")
    private String seed;

    RunSettings settings() {
        return settings(new Overrides());
    }

    /** @param more what the command's own options stand for */
    RunSettings settings(Overrides more) {
        Overrides given = more.add("model.policy", "--model", model)
                .add("prompts.source", "--prompts", prompts)
                .add("prompts.chat_template", "--chat-template", chatTemplate)
                .add("reward.source", "--reward", reward)
                .add("generation.max_new_tokens", "--max-new-tokens", maxNewTokens)
                .add("seed", "--seed", seed)
                .addAll(set);
        return given.told(() -> SettingsReader.defaults(given.paths()));
    }

    /** Draws {@code each} answers to every prompt; a terminal is told how many there are. */
    ScoredSamples draw(RunSettings settings, int each, PrintWriter err) {
        boolean shown = Boolean.getBoolean("tether.terminal");
        IntConsumer progress = shown
                ? count -> {
                    err.print("\rsampling: " + count + " answers\u001b[K");
                    err.flush();
                }
                : count -> {};
        int prompts = promptsUsed == null ? Integer.MAX_VALUE : promptsUsed;
        ScoredSamples samples = new ReferenceSampler(settings, prompts, each).draw(progress);
        if (shown) {
            err.print("\r\u001b[K");
            err.flush();
        }
        return samples;
    }

    String description() {
        RunSettings settings = settings();
        return settings.model().policy() + ", " + settings.prompts().source() + ", "
                + settings.reward().source();
    }
}
