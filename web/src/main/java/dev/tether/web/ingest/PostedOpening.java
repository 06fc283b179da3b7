package dev.tether.web.ingest;

import dev.tether.run.ingest.IngestPlan;
import dev.tether.run.journal.RunEnd;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What opens a run.
 *
 * @param name of the run
 * @param plan its steps and settings
 * @param afterStep step to go back to, where it is given
 */
record PostedOpening(String name, IngestPlan plan, OptionalLong afterStep) {
    private static final Set<String> KEYS = new TreeSet<>(Set.of("name", "steps", "settings", "after_step"));

    /** What is collected while the object is read. */
    private static final class Draft {
        private String name;
        private Long steps;
        private OptionalLong afterStep = OptionalLong.empty();
        private final Map<String, String> settings = new TreeMap<>();
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException where it is none
     */
    static PostedOpening read(byte[] body) {
        Draft draft = new Draft();
        try (JsonLine json = JsonLine.of(body, 0)) {
            json.object(KEYS, key -> {
                switch (key) {
                    case "name" -> draft.name = json.text();
                    case "steps" -> draft.steps = json.whole();
                    case "after_step" -> draft.afterStep = OptionalLong.of(json.whole());
                    default -> json.inner(Set.of(), path -> draft.settings.put(path, json.json()));
                }
            });
        }
        if (draft.name == null || draft.steps == null) {
            throw new IllegalArgumentException("must have \"name\" and \"steps\"");
        }
        return new PostedOpening(draft.name, new IngestPlan(draft.steps, draft.settings), draft.afterStep);
    }

    /** How a run ends: {@code {"outcome": "completed"}} or {@code "diverged"}. */
    static RunEnd.Outcome readOutcome(byte[] body) {
        String[] outcome = new String[1];
        try (JsonLine json = JsonLine.of(body, 0)) {
            json.object(Set.of("outcome"), key -> outcome[0] = json.text());
        }
        for (RunEnd.Outcome each : RunEnd.Outcome.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(outcome[0])) {
                return each;
            }
        }
        throw new IllegalArgumentException("outcome = " + (outcome[0] == null ? "null" : "\"" + outcome[0] + "\"")
                + ", must be completed or diverged");
    }
}
