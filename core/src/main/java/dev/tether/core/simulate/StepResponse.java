package dev.tether.core.simulate;

import dev.tether.core.control.KlCoefBounds;
import dev.tether.core.control.KlTarget;

/**
 * How well a run held its target. Steps are counted from 0; −1 = never.
 *
 * @param riseStep first step at which KL reached 90 % of the target
 * @param overshoot greatest KL over the target, as a share of it; ≥ −1, negative where the target was never reached
 * @param settledStep first step from which KL stays within ±20 % of the target to the end
 * @param lastThirdMean mean reading over the last third of the run
 * @param lastThirdError (lastThirdMean − target) / target
 * @param atBoundShare share of steps with β at its floor or ceiling, 0..1
 */
public record StepResponse(
        int riseStep,
        double overshoot,
        int settledStep,
        double lastThirdMean,
        double lastThirdError,
        double atBoundShare) {
    private static final double RISEN = 0.9;
    private static final double SETTLED = 0.2;

    /** Measures a run against its target. */
    public static StepResponse of(Trajectory run, KlTarget target, KlCoefBounds bounds) {
        int rise = -1;
        int settled = -1;
        int atBound = 0;
        double highest = 0;
        for (int step = 0; step < run.steps(); step++) {
            double nats = run.nats()[step];
            highest = Math.max(highest, nats);
            rise = rise < 0 && nats >= RISEN * target.nats() ? step : rise;
            boolean within = Math.abs(nats - target.nats()) <= SETTLED * target.nats();
            settled = within ? (settled < 0 ? step : settled) : -1;
            double klCoef = run.klCoefs()[step];
            atBound += klCoef <= bounds.floor() || klCoef >= bounds.ceiling() ? 1 : 0;
        }
        double mean = lastThirdMean(run.readings());
        return new StepResponse(
                rise,
                highest / target.nats() - 1,
                settled,
                mean,
                mean / target.nats() - 1,
                (double) atBound / run.steps());
    }

    private static double lastThirdMean(double[] readings) {
        int from = readings.length - readings.length / 3;
        double sum = 0;
        for (int step = from; step < readings.length; step++) {
            sum += readings[step];
        }
        return sum / (readings.length - from);
    }

    /** True where the last third is within {@code error} of the target and the overshoot at most {@code overshootLimit}. */
    public boolean holds(double error, double overshootLimit) {
        return Math.abs(lastThirdError) <= error && overshoot <= overshootLimit;
    }
}
