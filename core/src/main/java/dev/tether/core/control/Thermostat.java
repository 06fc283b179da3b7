package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlUnit;
import dev.tether.core.law.Require;
import java.util.Map;
import java.util.Optional;

/**
 * The rule of tutorials: KL above 1.5 × target, β × 1.5; KL below 0.5 × target, β / 1.5; both strictly, so that a reading
 * on the edge changes nothing. Then β is held to its bounds.
 *
 * @param target the KL to hold
 * @param coefficient β; within the bounds and &gt; 0
 * @param bounds where β may go
 */
public record Thermostat(KlTarget target, double coefficient, KlCoefBounds bounds) implements KlController {
    /** β within [0.01, 1.0]. */
    public static final KlCoefBounds DEFAULT_BOUNDS = new KlCoefBounds(0.01, 1.0);

    private static final double BAND_HIGH = 1.5;
    private static final double BAND_LOW = 0.5;
    private static final double STEP = 1.5;

    public Thermostat {
        bounds.requireInside(coefficient);
    }

    /** As the tutorials have it: target 0.02 nats per token, β from 0.1 within [0.01, 1.0]. */
    public static Thermostat tutorial() {
        return new Thermostat(new KlTarget(0.02, KlUnit.NATS_PER_TOKEN), 0.1, DEFAULT_BOUNDS);
    }

    @Override
    public ControllerMove observe(KlSummary summary, long episodes) {
        Require.atLeast("episodes", episodes, 1);
        Reading reading = Reading.of(summary, target);
        Optional<MoveReason> hold = reading.hold(coefficient);
        if (hold.isPresent()) {
            return new ControllerMove(this, hold.get());
        }
        double wish = wish(reading.nats());
        double next = bounds.clampPositive(wish);
        return new ControllerMove(new Thermostat(target, next, bounds), reading.reason(coefficient, wish, next));
    }

    private double wish(double nats) {
        if (nats > BAND_HIGH * target.nats()) {
            return coefficient * STEP;
        }
        return nats < BAND_LOW * target.nats() ? coefficient / STEP : coefficient;
    }

    @Override
    public Map<String, Double> state() {
        return Map.of(ControllerState.KL_COEF, coefficient);
    }

    @Override
    public Thermostat withState(Map<String, Double> state) {
        ControllerState.requireNames(state, ControllerState.KL_COEF);
        return new Thermostat(target, state.get(ControllerState.KL_COEF), bounds);
    }
}
