package dev.tether.core.monitor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at a run with every check, step by step, and says each thing once: an alarm that goes on is not repeated; it may
 * come again after {@value #QUIET} looks without it. Its state follows from the steps it was shown.
 */
public final class Sentinel {
    static final int QUIET = 50;

    private final List<Check> checks;
    private final List<ObservedStep> steps = new ArrayList<>();
    private final List<ObservedStep> view = Collections.unmodifiableList(steps);
    private final Map<Check, Integer> lastAlarm = new HashMap<>();

    /** With all checks. */
    public Sentinel() {
        this(Checks.all());
    }

    public Sentinel(List<Check> checks) {
        this.checks = List.copyOf(checks);
    }

    /** What is new at this step. */
    public List<Alarm> see(ObservedStep step) {
        steps.add(step);
        Window window = new Window(view);
        List<Alarm> alarms = new ArrayList<>();
        for (Check check : checks) {
            check.examine(window).filter(alarm -> isNew(check)).ifPresent(alarms::add);
        }
        return alarms;
    }

    private boolean isNew(Check check) {
        Integer before = lastAlarm.put(check, steps.size());
        return Optional.ofNullable(before).map(at -> steps.size() - at > QUIET).orElse(true);
    }
}
