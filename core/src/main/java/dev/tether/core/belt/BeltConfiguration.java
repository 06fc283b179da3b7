package dev.tether.core.belt;

import dev.tether.core.law.Require;

/**
 * What a trainer's settings, and what its clamps did, say of its belt.
 *
 * @param reference whether there is one, and whether anything uses it
 * @param placement where the penalty acts
 * @param klCoef β now; finite, negative if that is how it is configured
 * @param floor the lowest β its controller may choose; 0 where there is none
 * @param clampedShare share of tokens whose penalty a clamp cut, and with it the gradient, 0..1
 */
public record BeltConfiguration(
        ReferenceUse reference, PenaltyPlacement placement, double klCoef, double floor, double clampedShare) {
    /** What becomes of the reference. */
    public enum ReferenceUse {
        /** Its logprobs enter the penalty. */
        USED,
        /** It is loaded, but nothing is computed from it that reaches the gradient. */
        UNUSED,
        /** There is none. */
        MISSING
    }

    public BeltConfiguration {
        Require.finite("kl_coef", klCoef);
        Require.notNegative("floor", floor);
        Require.share("clamped_share", clampedShare);
    }
}
