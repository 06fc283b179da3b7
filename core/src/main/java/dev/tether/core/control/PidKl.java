package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.law.Require;
import java.util.Map;

/**
 * {@link PiKl} with a derivative term on the smoothed error, which brakes a KL that rises fast (Stooke, Achiam and Abbeel
 * 2020 argue for it in constrained reinforcement learning).
 *
 * @param target the KL to hold
 * @param coefficient β; within the bounds and &gt; 0
 * @param gains of the loop
 * @param bounds where β may go
 * @param memory of earlier readings
 */
public record PidKl(KlTarget target, double coefficient, LoopGains gains, KlCoefBounds bounds, LoopMemory memory)
        implements KlController {
    public PidKl {
        bounds.requireInside(coefficient);
    }

    /** Before the first reading, with {@link LoopGains#PID}. */
    public static PidKl start(KlTarget target, double klCoef, KlCoefBounds bounds) {
        return new PidKl(target, klCoef, LoopGains.PID, bounds, LoopMemory.EMPTY);
    }

    @Override
    public ControllerMove observe(KlSummary reading, long episodes) {
        Require.atLeast("episodes", episodes, 1);
        KlLoop.Step step = KlLoop.step(reading, target, coefficient, gains, bounds, memory);
        return new ControllerMove(new PidKl(target, step.coefficient(), gains, bounds, step.memory()), step.reason());
    }

    @Override
    public Map<String, Double> state() {
        return memory.with(coefficient);
    }

    @Override
    public PidKl withState(Map<String, Double> state) {
        LoopMemory restored = LoopMemory.from(state);
        return new PidKl(target, state.get(ControllerState.KL_COEF), gains, bounds, restored);
    }
}
