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
     * Logprobs within what top-k and top-p of {@code sampling} leave to the policy at its temperature.
     *
     * @param sampling temperature &gt; 0
     */
    TruncatedLogprobs truncatedLogprobs(TokenBatch batch, Sampling sampling);

    /**
     * Inner products of the policy's flat parameter gradients, group by group: element [i][j] of a group's matrix is
     * ⟨∇loss_i, ∇loss_j⟩ over the losses of the group followed by {@code common}, accumulated in double. The value
     * function's parameters are left out. Memory: the weights once for each loss of a group and twice more.
     *
     * @param common a loss that every group is compared with; its gradient is computed once
     */
    List<double[][]> gradientGrams(List<List<ProbeLoss>> groups, ProbeLoss common, double temperature);

    /** {@link #gradientGrams} of a single group, the last loss being the common one. */
    default double[][] gradientGram(List<ProbeLoss> losses, double temperature) {
        int last = losses.size() - 1;
        return gradientGrams(List.of(losses.subList(0, last)), losses.get(last), temperature)
                .get(0);
    }

    /**
     * Runs {@code measurement} while every weight of the policy is off by Gaussian noise of {@code relativeNoise} times its
     * tensor's root mean square, and puts the weights back to the bit. At the start policy and reference are equal and the
     * KL has no gradient; a policy near by has one.
     */
    <T> T nearPolicy(double relativeNoise, long seed, Supplier<T> measurement);
}
