package dev.tether.core.control;

import dev.tether.core.control.MoveReason.Kind;
import dev.tether.core.kl.KlSummary;
import java.util.Optional;

/** One KL figure in the target's unit, as a controller looks at it. */
record Reading(double nats, KlTarget target) {
    static Reading of(KlSummary summary, KlTarget target) {
        return new Reading(summary.in(target.unit()), target);
    }

    /** Why this cannot be a measurement of a KL, if it cannot. */
    Optional<MoveReason> refusal(double klCoef) {
        if (!Double.isFinite(nats)) {
            return Optional.of(new MoveReason(
                    Kind.REFUSED_NOT_FINITE,
                    "the reading is " + nats + ", not a number to steer by: β stays " + klCoef));
        }
        if (nats < 0) {
            return Optional.of(new MoveReason(
                    Kind.REFUSED_NEGATIVE, describe() + " is below zero, which no KL can be: β stays " + klCoef));
        }
        return Optional.empty();
    }

    /** What the rule did, once its wish has been held to the bounds. */
    MoveReason reason(double from, double wish, double to) {
        if (wish == from) {
            return new MoveReason(Kind.HELD, describe() + " calls for no change: β stays " + from);
        }
        if (wish > to) {
            return new MoveReason(Kind.AT_CEILING, describe() + " is high: β stops at its ceiling " + to);
        }
        if (wish < to) {
            return new MoveReason(Kind.AT_FLOOR, describe() + " is low: β stops at its floor " + to);
        }
        return to > from
                ? new MoveReason(Kind.RAISED, describe() + " is high: β rises from " + from + " to " + to)
                : new MoveReason(Kind.LOWERED, describe() + " is low: β falls from " + from + " to " + to);
    }

    String describe() {
        return "KL " + nats + " " + target.unit().label() + " against the target " + target.nats();
    }
}
