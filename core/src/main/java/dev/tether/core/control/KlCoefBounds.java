package dev.tether.core.control;

import dev.tether.core.law.Require;

/**
 * Where β may go.
 *
 * @param floor ≥ 0
 * @param ceiling ≥ floor and &gt; 0; infinite = none
 */
public record KlCoefBounds(double floor, double ceiling) {
    /** Anywhere from 0 up. */
    public static final KlCoefBounds NONE = new KlCoefBounds(0, Double.POSITIVE_INFINITY);

    public KlCoefBounds {
        Require.notNegative("floor", floor);
        Require.that(ceiling > 0, "ceiling", ceiling, "> 0");
        Require.that(ceiling >= floor, "ceiling", ceiling, "at least the floor, " + floor);
    }

    /** The nearest β that is allowed. */
    public double clamp(double klCoef) {
        return Math.max(floor, Math.min(ceiling, klCoef));
    }

    /**
     * The nearest allowed β that is finite and above 0, so that a multiplicative rule can go on from it however many
     * steps in a row it was driven one way.
     */
    double clampPositive(double klCoef) {
        return Math.max(Double.MIN_NORMAL, Math.min(Double.MAX_VALUE, clamp(klCoef)));
    }

    /** Refuses a β outside the bounds, and a β of 0, which no multiplicative rule can move. */
    double requireInside(double klCoef) {
        Require.positive("kl_coef", klCoef);
        Require.that(
                klCoef >= floor && klCoef <= ceiling, "kl_coef", klCoef, "within [" + floor + ", " + ceiling + "]");
        return klCoef;
    }
}
