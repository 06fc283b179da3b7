package dev.tether.run.settings;

/**
 * A point that β passes through.
 *
 * @param step steps done before, so that 0 is β of the first step; ≥ 0
 * @param klCoef β there; ≥ 0
 */
public record ScheduleKnot(
        @Meaning("steps done before; 0 = the first step") long step,
        @Meaning("the coefficient there") double klCoef) {
    public ScheduleKnot {
        Require.atLeast("belt.schedule.step", step, 0);
        Require.notNegative("belt.schedule.kl_coef", klCoef);
    }
}
