package dev.tether.core.kl;

import dev.tether.core.law.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * One KL number and everything that says which number it is. Two figures can be compared, and a figure held against a
 * limit, only where both are of one kind; otherwise the answer is a refusal that names what differs.
 *
 * @param type direction, against whom, estimator
 * @param aggregation how tokens became one number; it fixes the unit
 * @param nats the number
 * @param standardError clustered by sequence; ≥ 0, +∞ = unknown
 * @param tokens counted tokens
 * @param sequences sequences with a counted token
 * @param clampedShare share of counted tokens whose log-ratio or nats a clamp cut, 0..1
 */
public record KlFigure(
        KlType type,
        KlAggregation aggregation,
        double nats,
        double standardError,
        long tokens,
        long sequences,
        double clampedShare) {

    public KlFigure {
        Require.that(standardError >= 0, "standard_error", standardError, ">= 0, infinite where unknown");
        Require.atLeast("sequences", sequences, 1);
        Require.atLeast("tokens", tokens, sequences);
        Require.share("clamped_share", clampedShare);
    }

    /** The unit of {@code nats}. */
    public KlUnit unit() {
        return aggregation.unit();
    }

    /**
     * This figure less the other, in nats.
     *
     * @throws IllegalArgumentException when the two are not of one kind
     */
    public double minus(KlFigure other) {
        requireComparable(other.type, other.aggregation);
        return nats - other.nats;
    }

    /**
     * True when the figure is above the limit.
     *
     * @throws IllegalArgumentException when the limit is for another kind of KL
     */
    public boolean exceeds(KlLimit limit) {
        requireComparable(limit.type(), limit.aggregation());
        return nats > limit.nats();
    }

    private void requireComparable(KlType otherType, KlAggregation otherAggregation) {
        List<String> differences = new ArrayList<>();
        note(differences, "direction", type.direction(), otherType.direction());
        note(differences, "other distribution", type.against(), otherType.against());
        note(differences, "estimator", type.measure(), otherType.measure());
        note(differences, "unit", unit(), otherAggregation.unit());
        if (unit() == otherAggregation.unit()) {
            note(differences, "aggregation", aggregation, otherAggregation);
        }
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(describe(type, aggregation) + " cannot be compared with "
                    + describe(otherType, otherAggregation) + ": they differ in " + String.join(", ", differences));
        }
    }

    private static void note(List<String> differences, String what, Object mine, Object theirs) {
        if (mine != theirs) {
            differences.add(what);
        }
    }

    private static String describe(KlType type, KlAggregation aggregation) {
        return type.label() + " in " + aggregation.unit().label() + " (" + aggregation.label() + ")";
    }

    /** "KL(policy ‖ reference) by K1 in nats/sequence (mean over sequences of sums)". */
    public String label() {
        return describe(type, aggregation);
    }
}
