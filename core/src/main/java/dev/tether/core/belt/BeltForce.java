package dev.tether.core.belt;

import dev.tether.core.law.Require;
import java.util.OptionalDouble;

/**
 * What the penalty really pulls with, measured on a probe batch: its gradient against the gradient of the exact KL.
 * Both are gradients of something to be <i>minimised</i>, normalised alike, and without β.
 *
 * @param innerProduct ⟨∇penalty, ∇KL⟩
 * @param penaltyNorm ‖∇penalty‖, ≥ 0
 * @param exactNorm ‖∇KL‖, ≥ 0; 0 where the policy equals the reference
 */
public record BeltForce(double innerProduct, double penaltyNorm, double exactNorm) {
    public BeltForce {
        Require.finite("inner_product", innerProduct);
        Require.notNegative("penalty_norm", penaltyNorm);
        Require.notNegative("exact_norm", exactNorm);
    }

    /** From the two gradients as flat arrays over the same parameters. */
    public static BeltForce of(double[] penalty, double[] exact) {
        Require.sameLength("the exact gradient", exact.length, "the penalty gradient", penalty.length);
        return new BeltForce(dot(penalty, exact), Math.sqrt(dot(penalty, penalty)), Math.sqrt(dot(exact, exact)));
    }

    /**
     * ⟨∇penalty, ∇KL⟩ / ‖∇KL‖²: 1 = pulls back as it should, 0 = not attached, &lt; 0 = pushes away. Empty where the exact
     * gradient is 0, as at the reference itself, where no belt pulls.
     */
    public OptionalDouble force() {
        double squared = exactNorm * exactNorm;
        return squared > 0 ? OptionalDouble.of(innerProduct / squared) : OptionalDouble.empty();
    }

    /** Cosine of the angle between the two, in [−1, 1]; empty where either is 0. A low one is another belt, or noise. */
    public OptionalDouble cosine() {
        double norms = penaltyNorm * exactNorm;
        return norms > 0 ? OptionalDouble.of(Math.max(-1, Math.min(1, innerProduct / norms))) : OptionalDouble.empty();
    }

    /**
     * ‖β ∇penalty‖ / (‖β ∇penalty‖ + ‖∇reward‖): how much of the pull on the policy is the belt's, in [0, 1]; empty where
     * neither pulls.
     */
    public OptionalDouble shareOfPull(double klCoef, double rewardNorm) {
        Require.notNegative("kl_coef", klCoef);
        Require.notNegative("reward_norm", rewardNorm);
        double pull = klCoef * penaltyNorm;
        return pull + rewardNorm > 0 ? OptionalDouble.of(pull / (pull + rewardNorm)) : OptionalDouble.empty();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
