package dev.tether.trainer.model;

/**
 * The value function's part of a loss.
 *
 * @param clipRange the new value is clipped to the old one ± this; infinite = no clipping; &gt; 0
 * @param coef weight; ≥ 0 and finite
 */
public record ValueTerm(double clipRange, double coef) {
    /** No value function is taught. */
    public static final ValueTerm NONE = new ValueTerm(Double.POSITIVE_INFINITY, 0);

    public ValueTerm {
        if (!(clipRange > 0)) {
            throw new IllegalArgumentException("value_clip_range = " + clipRange + ", must be > 0");
        }
        if (!(coef >= 0) || Double.isInfinite(coef)) {
            throw new IllegalArgumentException("value_coef = " + coef + ", must be finite and >= 0");
        }
    }
}
