package dev.tether.run.ingest;

import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a trainer says of a run when it opens it.
 *
 * @param steps the run is to have; ≥ 1; only shown
 * @param settings of belt and reward, by path as in settings.yaml, such as {@code belt.target} to {@code 6}; what is not
 *     given is as in training, except that β is steered by the sampled reading: there is no other
 */
public record IngestPlan(long steps, Map<String, String> settings) {
    private static final List<String> SAMPLED = List.of("belt.meter=sampled");
    private static final Set<String> USED = Set.of(
            "belt.placement",
            "belt.estimator",
            "belt.controller",
            "belt.kl_coef",
            "belt.target",
            "belt.unit",
            "belt.horizon_episodes",
            "belt.floor",
            "belt.ceiling",
            "belt.schedule",
            "belt.schedule_shape",
            "reward.scale",
            "reward.shift",
            "reward.clip",
            "reward.missing_eos_penalty",
            "reward.score_placement");
    private static final String GAINS = "belt.gains.";
    private static final String OVERRIDE = "--set ";

    /**
     * A plan whose settings make sense.
     *
     * @throws IllegalArgumentException where they do not
     */
    public IngestPlan {
        if (steps < 1 || steps > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("steps = " + steps + ", must be from 1 to " + Integer.MAX_VALUE);
        }
        settings = Map.copyOf(settings);
        for (String path : settings.keySet()) {
            if (!USED.contains(path) && !path.startsWith(GAINS)) {
                throw new IllegalArgumentException("settings has \"" + path + "\", must be one of "
                        + String.join(", ", USED.stream().sorted().toList()) + ", or begin with " + GAINS);
            }
        }
        resolve(settings);
    }

    /** With what was not given. */
    public RunSettings resolved() {
        return resolve(settings);
    }

    /** Whether a run would go the same way under {@code other}, however its values are written. */
    boolean isLike(IngestPlan other) {
        return steps == other.steps && resolved().equals(other.resolved());
    }

    private static RunSettings resolve(Map<String, String> settings) {
        List<String> overrides = new ArrayList<>(SAMPLED);
        new TreeMap<>(settings).forEach((path, value) -> overrides.add(path + "=" + value));
        try {
            return SettingsReader.defaults(overrides);
        } catch (InputException e) {
            String message = e.getMessage();
            throw new IllegalArgumentException(
                    "settings " + (message.startsWith(OVERRIDE) ? message.substring(OVERRIDE.length()) : message), e);
        }
    }
}
