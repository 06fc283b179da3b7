package dev.tether.cli.demo;

import dev.tether.run.InputException;
import java.util.List;
import picocli.CommandLine.Option;

/** How large the study is. */
final class StudyOptions {
    @Option(
            names = "--study",
            description =
                    "The longer study instead: rewards learned from few and from many preferences, each pressed by "
                            + "training under several beta and by choosing the best of n. It says first how long it will take; the same "
                            + "command goes on where it was stopped.")
    boolean study;

    @Option(
            names = "--study-kl-coefs",
            paramLabel = "B",
            split = ",",
            description = "Beta of further runs, on the reward of the most preferences. Default: 0.05,0.1,0.2,0.4.")
    List<Double> klCoefs = List.of(0.05, 0.1, 0.2, 0.4);

    @Option(
            names = "--study-preferences",
            paramLabel = "N",
            split = ",",
            description = "Numbers of preferences; one reward is learned from each, and pressed without a belt. "
                    + "Default: 64,256,1024.")
    List<Integer> preferences = List.of(64, 256, 1024);

    @Option(
            names = "--study-best-of",
            paramLabel = "N",
            description = "Greatest n; twice as many samples of each prompt are drawn. Default: 256.")
    int bestOf = 256;

    @Option(names = "--study-prompts", paramLabel = "N", description = "Prompts of the best of n. Default: 16.")
    int prompts = 16;

    StudyPlan plan(int steps, long seed) {
        klCoefs.forEach(klCoef -> require(
                klCoef > 0 && !Double.isInfinite(klCoef), "--study-kl-coefs", klCoef, "must be finite and > 0"));
        preferences.forEach(count -> require(count >= 1, "--study-preferences", count, "must be at least 1"));
        require(!preferences.isEmpty(), "--study-preferences", "", "must name at least one number");
        require(bestOf >= 1, "--study-best-of", bestOf, "must be at least 1");
        require(prompts >= 1, "--study-prompts", prompts, "must be at least 1");
        return new StudyPlan(
                steps,
                seed,
                preferences.stream().sorted().distinct().toList(),
                klCoefs.stream().sorted().distinct().toList(),
                bestOf,
                prompts);
    }

    private static void require(boolean holds, String option, Object value, String law) {
        if (!holds) {
            throw new InputException(option + " " + value + ": " + law);
        }
    }
}
