package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import dev.tether.core.law.Require;
import java.util.Map;

/**
 * Proportional-integral control of log β on the relative error of KL, with a slew limit, bounds that nothing winds up
 * against, and a deadband of the reading's own standard error: holds a target without tuning. See {@link LoopGains} for
 * the law.
 *
 * @param target the KL to hold
 * @param coefficient β; within the bounds and &gt; 0
 * @param gains of the loop; derivative 0
 * @param bounds where β may go
 * @param memory of earlier readings
 */
public record PiKl(KlTarget target, double coefficient, LoopGains gains, KlCoefBounds bounds, LoopMemory memory)
        implements KlController {
    public PiKl {
        bounds.requireInside(coefficient);
        Require.that(gains.derivative() == 0, "derivative", gains.derivative(), "0 in a PI loop");
    }

    /** Before the first reading, with {@link LoopGains#PI}. */
    public static PiKl start(KlTarget target, double klCoef, KlCoefBounds bounds) {
        return new PiKl(target, klCoef, LoopGains.PI, bounds, LoopMemory.EMPTY);
    }

    @Override
    public ControllerMove observe(KlSummary reading, long episodes) {
        Require.atLeast("episodes", episodes, 1);
        KlLoop.Step step = KlLoop.step(reading, target, coefficient, gains, bounds, memory);
        return new ControllerMove(new PiKl(target, step.coefficient(), gains, bounds, step.memory()), step.reason());
    }

    @Override
    public Map<String, Double> state() {
        return memory.with(coefficient);
    }

    @Override
    public PiKl withState(Map<String, Double> state) {
        LoopMemory restored = LoopMemory.from(state);
        return new PiKl(target, state.get(ControllerState.KL_COEF), gains, bounds, restored);
    }
}
