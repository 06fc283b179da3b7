package dev.tether.core.objective;

/**
 * The numbers of the PPO objective (Schulman et al. 2017, equation 7, with the value clipping of the OpenAI code).
 *
 * @param clipRange ε: the ratio is clipped to [1 − ε, 1 + ε]; &gt; 0
 * @param valueClipRange the new value is clipped to the old one ± this; infinite = no clipping; &gt; 0
 * @param valueCoef weight of the value loss; ≥ 0
 * @param entropyCoef weight of the entropy bonus; ≥ 0
 */
public record PpoClip(double clipRange, double valueClipRange, double valueCoef, double entropyCoef) {
    public PpoClip {
        require("clip_range", clipRange, clipRange > 0 && Double.isFinite(clipRange), "finite and > 0");
        require("value_clip_range", valueClipRange, valueClipRange > 0, "> 0");
        require("value_coef", valueCoef, valueCoef >= 0 && Double.isFinite(valueCoef), "finite and >= 0");
        require("entropy_coef", entropyCoef, entropyCoef >= 0 && Double.isFinite(entropyCoef), "finite and >= 0");
    }

    /** The policy's part: a ratio of tokens, clipped as far below 1 as above. */
    public Surrogate surrogate() {
        return new Surrogate.Clipped(RatioLevel.TOKEN, clipRange, clipRange, Double.POSITIVE_INFINITY);
    }

    private static void require(String name, double value, boolean holds, String law) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ", must be " + law);
        }
    }
}
