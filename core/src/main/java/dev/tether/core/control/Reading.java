package dev.tether.core.control;

import dev.tether.core.control.MoveReason.Kind;
import dev.tether.core.kl.KlSummary;
import java.util.Optional;

/** One KL figure in the target's unit with its standard error, as a controller looks at it. */
record Reading(double nats, double standardError, KlTarget target) {
    static Reading of(KlSummary summary, KlTarget target) {
        return new Reading(summary.in(target.unit()), summary.seIn(target.unit()), target);
    }

    /** Why this cannot be a measurement of a KL, if it cannot. */
    Optional<MoveReason> refusal(double klCoef) {
        if (!Double.isFinite(nats)) {
            return Optional.of(
                    stay(Kind.REFUSED_NOT_FINITE, "the reading is " + nats + ", not a number to steer by", klCoef));
        }
        if (nats < 0) {
            return Optional.of(stay(Kind.REFUSED_NEGATIVE, describe() + " is below zero, which no KL can be", klCoef));
        }
        return Optional.empty();
    }

    /**
     * Why β must not follow this reading: it is no measurement, or it differs from the target by no more than its own
     * standard error. An error that is unknown hides nothing: such a reading counts.
     */
    Optional<MoveReason> hold(double klCoef) {
        return hold(klCoef, 1);
    }

    private Optional<MoveReason> hold(double klCoef, double errors) {
        Optional<MoveReason> refusal = refusal(klCoef);
        double explained = errors * relativeError();
        if (refusal.isPresent() || explained == 0 || Math.abs(nats / target.nats() - 1) > explained) {
            return refusal;
        }
        String why = describe() + " differs by no more than its error ± " + standardError + " explains";
        return Optional.of(stay(Kind.INSIGNIFICANT, why, klCoef));
    }

    /** As {@link #hold(double)}, in other standard errors; and a reading of exactly 0 says only that nothing moves yet. */
    Optional<MoveReason> holdAlsoAtZero(double klCoef, double errors) {
        return nats == 0
                ? Optional.of(stay(Kind.NOTHING_YET, "KL is exactly 0: the policy has not left the reference", klCoef))
                : hold(klCoef, errors);
    }

    private static MoveReason stay(Kind kind, String why, double klCoef) {
        return new MoveReason(kind, why + ": β stays " + klCoef);
    }

    /** KL/target − 1, held to 1: −1 without any KL, 1 at twice the target and beyond. */
    double error() {
        return Math.min(1, nats / target.nats() - 1);
    }

    /** The standard error in units of the target; 0 where it is not known. */
    double relativeError() {
        return Double.isFinite(standardError) ? standardError / target.nats() : 0;
    }

    /** What the rule did, once its wish has been held to the bounds. */
    MoveReason reason(double from, double wish, double to) {
        if (wish == from) {
            return new MoveReason(Kind.HELD, describe() + " calls for no change: β stays " + from);
        }
        if (wish > to) {
            return new MoveReason(Kind.AT_CEILING, describe() + ": β stops at its ceiling " + to);
        }
        if (wish < to) {
            return new MoveReason(Kind.AT_FLOOR, describe() + ": β stops at its floor " + to);
        }
        return to > from
                ? new MoveReason(Kind.RAISED, describe() + ": β rises from " + from + " to " + to)
                : new MoveReason(Kind.LOWERED, describe() + ": β falls from " + from + " to " + to);
    }

    String describe() {
        return "KL " + nats + " " + target.unit().label() + " against the target " + target.nats();
    }
}
