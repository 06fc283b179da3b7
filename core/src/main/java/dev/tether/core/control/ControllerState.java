package dev.tether.core.control;

import dev.tether.core.law.Require;
import java.util.Map;
import java.util.Set;

/** Reads a saved controller state, and says which name is wrong. */
final class ControllerState {
    static final String KL_COEF = "kl_coef";

    private ControllerState() {}

    /** Refuses a state that does not have exactly {@code names}. */
    static void requireNames(Map<String, Double> state, String... names) {
        Set<String> wished = Set.of(names);
        if (!state.keySet().equals(wished)) {
            throw new IllegalArgumentException("controller state has the names " + sorted(state.keySet())
                    + ", must have exactly " + sorted(wished));
        }
    }

    /** A count, saved as a double. */
    static long whole(Map<String, Double> state, String name) {
        double value = state.get(name);
        Require.that(value >= 0 && value == Math.rint(value) && value < 1L << 53, name, value, "a whole number >= 0");
        return (long) value;
    }

    private static String sorted(Set<String> names) {
        return names.stream().sorted().toList().toString();
    }
}
