package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.law.Require;
import java.util.Map;

/**
 * β follows a schedule, one step per reading, whatever the reading.
 *
 * @param schedule β by step
 * @param step readings seen; ≥ 0
 */
public record ScheduledKl(KlCoefSchedule schedule, long step) implements KlController {
    private static final String STEP = "step";

    public ScheduledKl {
        Require.atLeast(STEP, step, 0);
    }

    @Override
    public double coefficient() {
        return schedule.at(step);
    }

    @Override
    public ControllerMove observe(KlSummary reading, long episodes) {
        Require.atLeast("episodes", episodes, 1);
        ScheduledKl next = new ScheduledKl(schedule, step + 1);
        String sentence = "the schedule has β at " + next.coefficient() + " in step " + next.step;
        return new ControllerMove(next, new MoveReason(MoveReason.Kind.SCHEDULED, sentence));
    }

    @Override
    public Map<String, Double> state() {
        return Map.of(STEP, (double) step);
    }

    @Override
    public ScheduledKl withState(Map<String, Double> state) {
        ControllerState.requireNames(state, STEP);
        return new ScheduledKl(schedule, ControllerState.whole(state, STEP));
    }
}
