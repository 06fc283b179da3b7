package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import java.util.Optional;

/** One step of PI and PID control of log β: the law of {@link LoopGains}, then the bounds. */
final class KlLoop {
    /** What a step came to. */
    record Step(double coefficient, LoopMemory memory, MoveReason reason) {}

    private KlLoop() {}

    static Step step(
            KlSummary summary,
            KlTarget target,
            double klCoef,
            LoopGains gains,
            KlCoefBounds bounds,
            LoopMemory memory) {
        Reading reading = Reading.of(summary, target);
        Optional<MoveReason> refusal = reading.refusal(klCoef);
        if (refusal.isPresent()) {
            return new Step(klCoef, memory, refusal.get());
        }
        LoopMemory seen = memory.seeing(reading.error(), reading.relativeError(), gains.agility());
        Optional<MoveReason> hold = reading.holdAlsoAtZero(klCoef, gains.deadband());
        if (hold.isPresent()) {
            return new Step(klCoef, seen, hold.get());
        }
        double eagerness = 1 + gains.urgency() * Math.min(1, Math.abs(seen.level()));
        double move = eagerness
                        * (gains.proportional() * (seen.level() - seen.movedLevel())
                                + gains.integral() * Math.min(1, seen.level()))
                + gains.derivative() * (seen.slope() - memory.slope());
        double slewLimit = eagerness * gains.slewLimit();
        double slewed = Math.max(-slewLimit, Math.min(slewLimit, move));
        double wish = klCoef * Math.exp(slewed);
        double next = bounds.clampPositive(wish);
        return new Step(next, seen.moved(), reading.reason(klCoef, wish, next));
    }
}
