package dev.tether.run.monitor;

import dev.tether.core.monitor.Alarm;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.core.monitor.Sentinel;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.StepRecord;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a run while it goes on, or afterwards, and says what is new; docs/checks.md lists what it looks for. What it
 * says follows from the steps it was shown, so a resumed run shows it the steps before, and goes on as if it had never
 * stopped.
 */
public final class Monitor {
    private final Sentinel sentinel = new Sentinel();

    /** A monitor that has seen nothing. */
    public static Monitor start() {
        return new Monitor();
    }

    /** One that has seen those steps, and said of them what there was to say. */
    public static Monitor after(List<StepRecord> steps) {
        Monitor monitor = new Monitor();
        steps.forEach(monitor::see);
        return monitor;
    }

    private Monitor() {}

    /** What is new at this step, the next one of the run. */
    public List<Finding> see(StepRecord step) {
        return see(StepReading.of(step));
    }

    /** All of a whole run. */
    static List<Finding> findings(List<ObservedStep> run) {
        Monitor monitor = new Monitor();
        return run.stream().flatMap(step -> monitor.see(step).stream()).toList();
    }

    private List<Finding> see(ObservedStep step) {
        return sentinel.see(step).stream().map(Monitor::finding).toList();
    }

    private static Finding finding(Alarm alarm) {
        return new Finding(
                alarm.step(),
                alarm.card().code(),
                Finding.Severity.valueOf(alarm.card().severity().name()),
                alarm.sentence(),
                Optional.of(alarm.card().advice()),
                Optional.of(alarm.explanation()));
    }
}
