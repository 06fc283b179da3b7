package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.law.Require;
import java.util.Map;

/**
 * β never moves.
 *
 * @param coefficient β; finite and ≥ 0, 0 = no belt
 */
public record FixedKl(double coefficient) implements KlController {
    public FixedKl {
        Require.notNegative("kl_coef", coefficient);
    }

    @Override
    public ControllerMove observe(KlSummary reading, long episodes) {
        return new ControllerMove(this, new MoveReason(MoveReason.Kind.FIXED, "β is fixed at " + coefficient));
    }

    @Override
    public Map<String, Double> state() {
        return Map.of(ControllerState.KL_COEF, coefficient);
    }

    @Override
    public FixedKl withState(Map<String, Double> state) {
        ControllerState.requireNames(state, ControllerState.KL_COEF);
        return new FixedKl(state.get(ControllerState.KL_COEF));
    }
}
