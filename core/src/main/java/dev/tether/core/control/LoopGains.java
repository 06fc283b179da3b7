package dev.tether.core.control;

import dev.tether.core.law.Require;

/**
 * How a PI or PID loop turns readings into changes of log β. The error is e = min(1, KL/target − 1); its level and its
 * slope per step are followed by a Kalman filter, in which every reading weighs as its own standard error allows; and in
 * velocity form
 *
 * <p>Δ log β = u · (proportional · Δlevel + integral · level) + derivative · Δslope, u = 1 + urgency · min(1, |level|),
 *
 * <p>held to u times the slew limit. Δlevel is counted from the last move, so that what a held reading did not move is
 * made up for. The proportional part brakes: while KL rises towards the target β rises with it, so that KL arrives
 * slowly. Urgency lets a loop be quick while KL is far from its target and calm near it (gain scheduling on the error,
 * Åström and Hägglund, "Advanced PID Control", chapter 9): near it KL answers to β like an integrator with dead time,
 * and gains that bring it there in time would make it swing.
 *
 * @param proportional Δ log β per change of error, at the target; ≥ 0
 * @param integral Δ log β per unit of error, at the target; ≥ 0
 * @param derivative Δ log β per change of slope; ≥ 0, 0 in a PI loop
 * @param urgency by how much proportional, integral and slew limit grow per unit of error; ≥ 0
 * @param agility by how much the slope of the error is expected to change from step to step; finite and &gt; 0. The larger,
 *     the faster the filter follows and the noisier β is
 * @param slewLimit most that log β moves in one step, at the target; &gt; 0
 * @param deadband standard errors that a reading must differ from the target to move β; ≥ 0
 */
public record LoopGains(
        double proportional,
        double integral,
        double derivative,
        double urgency,
        double agility,
        double slewLimit,
        double deadband) {
    /**
     * Chosen on simulated runs of two kinds ({@code HeldTargetTest}, {@code IntegratingPlantTest}) and tried on trained
     * models: docs/log.md.
     */
    public static final LoopGains PI = new LoopGains(0.8, 0.03, 0, 6, 0.5, 0.25, 1);

    /** As {@link #PI}, with a brake on the change of slope. */
    public static final LoopGains PID = new LoopGains(0.8, 0.03, 0.1, 6, 0.5, 0.25, 1);

    public LoopGains {
        Require.notNegative("proportional", proportional);
        Require.notNegative("integral", integral);
        Require.notNegative("derivative", derivative);
        Require.notNegative("urgency", urgency);
        Require.positive("agility", agility);
        Require.positive("slew_limit", slewLimit);
        Require.notNegative("deadband", deadband);
        Require.that(integral > 0 || proportional > 0, "integral", integral, "> 0 where proportional is 0");
    }
}
