package dev.tether.trainer.parallel;

import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Sampling;

/**
 * A policy that works on a part of what several processes do together. Its {@link #update} is a step of all of them: each
 * computes the gradient of some rows, and all take the same step along the sum.
 */
public interface DivisiblePolicy extends PolicyModel {
    /**
     * Answers some prompts of a batch as they would be answered in the whole of it.
     *
     * @param firstRow of the batch that {@code prompts[0]} is
     */
    Generation generateRows(int[][] prompts, int firstRow, Sampling sampling, long seed);

    /** Takes over weights, value function and optimiser of the first process, bit for bit. */
    void takeStateOfFirst();

    /** SHA-256 of the trained weights as they are now, as {@code sha256:…}. */
    String trainedFingerprint();
}
