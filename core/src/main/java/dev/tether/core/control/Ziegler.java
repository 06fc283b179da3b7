package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.law.Require;
import java.util.Map;
import java.util.Optional;

/**
 * Proportional control of log β as OpenAI published it (Ziegler et al. 2019, section 2.2, and
 * lm-human-preferences): β ← β · (1 + clip(KL/target − 1, ±0.2) · episodes/horizon). Where a step has more episodes than
 * the horizon, the quotient counts as 1, lest β turn negative.
 *
 * @param target the KL to hold
 * @param coefficient β; within the bounds and &gt; 0
 * @param horizonEpisodes how many episodes it takes to move β by 20 % at most; ≥ 1
 * @param bounds where β may go
 */
public record Ziegler(KlTarget target, double coefficient, long horizonEpisodes, KlCoefBounds bounds)
        implements KlController {
    /** 10 000 episodes, OpenAI's value. */
    public static final long DEFAULT_HORIZON_EPISODES = 10_000;

    private static final double ERROR_LIMIT = 0.2;

    public Ziegler {
        Require.atLeast("horizon_episodes", horizonEpisodes, 1);
        bounds.requireInside(coefficient);
    }

    @Override
    public ControllerMove observe(KlSummary summary, long episodes) {
        Require.atLeast("episodes", episodes, 1);
        Reading reading = Reading.of(summary, target);
        Optional<MoveReason> hold = reading.hold(coefficient);
        if (hold.isPresent()) {
            return new ControllerMove(this, hold.get());
        }
        double error = Math.max(-ERROR_LIMIT, Math.min(ERROR_LIMIT, reading.nats() / target.nats() - 1));
        double wish = coefficient * (1 + error * Math.min(1, (double) episodes / horizonEpisodes));
        double next = bounds.clampPositive(wish);
        return new ControllerMove(
                new Ziegler(target, next, horizonEpisodes, bounds), reading.reason(coefficient, wish, next));
    }

    @Override
    public Map<String, Double> state() {
        return Map.of(ControllerState.KL_COEF, coefficient);
    }

    @Override
    public Ziegler withState(Map<String, Double> state) {
        ControllerState.requireNames(state, ControllerState.KL_COEF);
        return new Ziegler(target, state.get(ControllerState.KL_COEF), horizonEpisodes, bounds);
    }
}
