package dev.tether.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the checks say where nothing is wrong; docs/checks.md states the same counts. */
class HealthyRunsTest {
    static final int RUNS = 200;

    @Test
    void twoHundredHealthyRunsOfThreeHundredStepsRaiseNoAlarm() {
        Map<String, List<Long>> alarms = new TreeMap<>();
        for (long seed = 0; seed < RUNS; seed++) {
            for (Alarm alarm : alarms(SimulatedRun.healthy(seed))) {
                alarms.computeIfAbsent(alarm.card().code(), code -> new ArrayList<>())
                        .add(seed);
            }
        }

        assertThat(alarms).isEmpty();
    }

    static List<Alarm> alarms(List<ObservedStep> run) {
        Sentinel sentinel = new Sentinel();
        return run.stream().flatMap(step -> sentinel.see(step).stream()).toList();
    }
}
