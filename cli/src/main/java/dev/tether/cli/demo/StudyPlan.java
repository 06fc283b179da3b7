package dev.tether.cli.demo;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a study is made of; it lies beside its runs, so that a study that was stopped goes on as the same one.
 *
 * @param steps of each run
 * @param seed of every random choice
 * @param preferences ascending
 * @param klCoefs ascending, &gt; 0
 * @param bestOf greatest n
 * @param prompts of the best of n
 */
record StudyPlan(int steps, long seed, List<Integer> preferences, List<Double> klCoefs, int bestOf, int prompts) {
    /** Samples per prompt for each of the greatest n: the unbiased estimate needs more than n, or one sample decides. */
    private static final int POOL = 2;

    /** As measured on two idle cores. */
    private static final double SECONDS_PER_STEP = 1.2;

    private static final double SECONDS_PER_SAMPLE = 0.008;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** One training run. */
    record Arm(int preferences, double klCoef) {
        String name() {
            return (klCoef == 0 ? "no-belt" : "beta-" + klCoef) + "-" + preferences;
        }

        String title() {
            return (klCoef == 0 ? "no belt" : "beta " + klCoef) + ", " + preferences + " preferences";
        }
    }

    /** Every reward without a belt, and the best one under every β. */
    List<Arm> arms() {
        List<Arm> arms = new ArrayList<>();
        preferences.forEach(count -> arms.add(new Arm(count, 0)));
        klCoefs.forEach(klCoef -> arms.add(new Arm(mostPreferences(), klCoef)));
        return arms;
    }

    private int mostPreferences() {
        return preferences.get(preferences.size() - 1);
    }

    int samplesPerPrompt() {
        return POOL * bestOf;
    }

    /** 1, 2, 3, 4, 6, 8, 12, … up to the greatest, which is always there. */
    List<Integer> choices() {
        List<Integer> choices = new ArrayList<>();
        for (int n = 1; n < bestOf; n *= 2) {
            choices.add(n);
            if (n > 1 && n + n / 2 < bestOf) {
                choices.add(n + n / 2);
            }
        }
        choices.add(bestOf);
        return choices;
    }

    double secondsExpected() {
        return arms().size() * steps * SECONDS_PER_STEP
                + (prompts * samplesPerPrompt() + 2.5 * mostPreferences()) * SECONDS_PER_SAMPLE;
    }

    String sentence() {
        return arms().size() + " runs of " + steps + " steps, and " + prompts + " x " + samplesPerPrompt()
                + " samples for the best of " + bestOf;
    }

    /** Writes the plan into {@code file}, or finds it there. */
    void keep(Path file) {
        String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
        if (!Files.exists(file)) {
            AtomicFiles.writeFile(file, text);
            return;
        }
        try {
            if (!JSON.readTree(Files.readString(file)).equals(JSON.readTree(text))) {
                throw new InputException(
                        file + " holds a study of other options: go on with those, or choose another --out");
            }
        } catch (JacksonException e) {
            throw new InputException(file + " is no plan of a study: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
