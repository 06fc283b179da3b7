package dev.tether.cli.console;

import dev.tether.run.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Settings that were given as options: what each is short for, and the words it was given in. In the order of rank. */
public final class Overrides {
    private final Map<String, String> words = new LinkedHashMap<>();

    /** Adds what {@code option} stands for, if it was given. */
    public Overrides add(String path, String option, Object value) {
        if (value != null) {
            words.put(path + "=" + value, option + " " + value);
        }
        return this;
    }

    /** Adds what was given by {@code --set path=value}; it ranks above all that was added before. */
    public Overrides addAll(List<String> set) {
        set.forEach(override -> {
            words.remove(override);
            words.put(override, "--set " + override);
        });
        return this;
    }

    /** Each {@code path=value}. */
    public List<String> paths() {
        return List.copyOf(words.keySet());
    }

    /** True where that setting was given. */
    public boolean has(String path) {
        return words.keySet().stream().anyMatch(override -> override.startsWith(path + "="));
    }

    /** True where an option was given, and not only what a command itself stands for. */
    public boolean isGiven() {
        return words.values().stream().anyMatch(word -> word.startsWith("-"));
    }

    public boolean isEmpty() {
        return words.isEmpty();
    }

    /** What {@code reading} gives; a refusal of one of these is told in the words it was given in. */
    public <T> T told(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InputException e) {
            for (Map.Entry<String, String> override : words.entrySet()) {
                String place = "--set " + override.getKey() + ":";
                if (e.getMessage().startsWith(place)) {
                    throw new InputException(
                            override.getValue() + ":" + e.getMessage().substring(place.length()), e);
                }
            }
            throw e;
        }
    }
}
