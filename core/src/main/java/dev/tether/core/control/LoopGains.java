package dev.tether.core.control;

import dev.tether.core.law.Require;

/**
 * How a PI or PID loop turns readings into changes of log β. The error is e = min(1, KL/target − 1); its level and its
 * slope per step are followed by a Kalman filter, in which every reading weighs as its own standard error allows; and in
 * velocity form
 *
 * <p>Δ log β = proportional · slope + integral · level + derivative · Δslope,
 *
 * <p>held to the slew limit. The proportional part brakes: while KL rises towards the target β rises with it, so that KL
 * arrives slowly.
 *
 * @param proportional Δ log β per unit of slope; ≥ 0
 * @param integral Δ log β per unit of error; ≥ 0
 * @param derivative Δ log β per change of slope; ≥ 0, 0 in a PI loop
 * @param agility by how much the slope of the error is expected to change from step to step; finite and &gt; 0. The larger,
 *     the faster the filter follows and the noisier β is
 * @param slewLimit most that log β moves in one step; &gt; 0
 * @param deadband standard errors that a reading must differ from the target to move β; ≥ 0
 */
public record LoopGains(
        double proportional, double integral, double derivative, double agility, double slewLimit, double deadband) {
    /**
     * Chosen on simulated runs of 60 to 150 steps whose KL answers to β with exponents 0.7 to 2, equilibria at β = 0.1 of
     * 3 to 80 nats, rates of 0.03 to 0.15 per step and readings with errors of 3 to 15 %: see {@code HeldTargetTest}.
     */
    public static final LoopGains PI = new LoopGains(4.2, 0.22, 0, 0.06, 2, 1);

    /** As {@link #PI}, with a brake on the change of slope. */
    public static final LoopGains PID = new LoopGains(4.2, 0.22, 1, 0.06, 2, 1);

    public LoopGains {
        Require.notNegative("proportional", proportional);
        Require.notNegative("integral", integral);
        Require.notNegative("derivative", derivative);
        Require.positive("agility", agility);
        Require.positive("slew_limit", slewLimit);
        Require.notNegative("deadband", deadband);
        Require.that(integral > 0 || proportional > 0, "integral", integral, "> 0 where proportional is 0");
    }
}
