package dev.tether.trainer.model;

import java.util.List;
import java.util.function.Supplier;

/**
 * Measurements that need the full distributions, or the gradients, of policy and reference. Nothing of the size of the
 * vocabulary or of the parameters leaves it, and none of it changes the policy.
 */
public interface BeltProbe {
    /** Exact KL in both directions at every counted position; never holds two [B][T][V] arrays. */
    ExactKl exactKl(TokenBatch batch, double temperature);

    /**
     * Inner products of the policy's flat parameter gradients: element [i][j] is ⟨∇loss_i, ∇loss_j⟩, accumulated in double.
     * The value function's parameters are left out.
     */
    double[][] gradientGram(List<ProbeLoss> losses, double temperature);

    /**
     * Runs {@code measurement} while every weight of the policy is off by Gaussian noise of {@code relativeNoise} times its
     * tensor's root mean square, and puts the weights back to the bit. At the start policy and reference are equal and the
     * KL has no gradient; a policy near by has one.
     */
    <T> T nearPolicy(double relativeNoise, long seed, Supplier<T> measurement);
}
