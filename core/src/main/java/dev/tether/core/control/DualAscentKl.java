package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.law.Require;
import java.util.Map;
import java.util.Optional;

/**
 * β as the Lagrange multiplier of the constraint KL ≤ budget, moved by projected gradient ascent on the dual:
 * β ← β + rate · (KL/budget − 1), the error held to ±1 and β to its bounds. Within the budget β falls, to 0 where the
 * floor allows: a policy that does not use up its budget pays nothing. (Altman 1999; for RLHF, Moskovitz et al. 2023.)
 *
 * @param budget the KL not to exceed
 * @param coefficient β; within the bounds, 0 allowed
 * @param rate how far β moves per step and unit of relative error; finite and &gt; 0
 * @param bounds where β may go
 */
public record DualAscentKl(KlTarget budget, double coefficient, double rate, KlCoefBounds bounds)
        implements KlController {
    /** From β = 0.1 to 0 in 20 steps without any KL. */
    public static final double DEFAULT_RATE = 0.005;

    private static final double ONE_ERROR = 1;

    public DualAscentKl {
        Require.notNegative("kl_coef", coefficient);
        Require.that(
                coefficient == bounds.clamp(coefficient),
                "kl_coef",
                coefficient,
                "within [" + bounds.floor() + ", " + bounds.ceiling() + "]");
        Require.positive("rate", rate);
    }

    @Override
    public ControllerMove observe(KlSummary summary, long episodes) {
        Require.atLeast("episodes", episodes, 1);
        Reading reading = Reading.of(summary, budget);
        Optional<MoveReason> hold = reading.holdAlsoAtZero(coefficient, ONE_ERROR);
        if (hold.isPresent()) {
            return new ControllerMove(this, hold.get());
        }
        double wish = coefficient + rate * reading.error();
        double next = Math.min(Double.MAX_VALUE, bounds.clamp(wish));
        return new ControllerMove(
                new DualAscentKl(budget, next, rate, bounds), reading.reason(coefficient, wish, next));
    }

    @Override
    public Map<String, Double> state() {
        return Map.of(ControllerState.KL_COEF, coefficient);
    }

    @Override
    public DualAscentKl withState(Map<String, Double> state) {
        ControllerState.requireNames(state, ControllerState.KL_COEF);
        return new DualAscentKl(budget, state.get(ControllerState.KL_COEF), rate, bounds);
    }
}
