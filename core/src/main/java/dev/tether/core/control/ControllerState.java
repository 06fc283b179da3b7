package dev.tether.core.control;

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

    private static String sorted(Set<String> names) {
        return names.stream().sorted().toList().toString();
    }
}
