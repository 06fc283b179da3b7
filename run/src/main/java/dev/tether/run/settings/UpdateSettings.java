package dev.tether.run.settings;

import java.util.OptionalDouble;

/**
 * What every algorithm shares when a batch becomes an update.
 *
 * @param epochs passes over the batch; ≥ 1
 * @param minibatches optimiser steps per pass; ≥ 1
 * @param microbatchSize sequences per backward pass; 0 = the whole minibatch
 * @param entropyCoef weight of the entropy bonus; ≥ 0
 * @param klLimit the passes end early when the update KL exceeds this, in nats per token; &gt; 0; empty = never
 */
public record UpdateSettings(
        @Meaning("passes over each batch") int epochs,
        @Meaning("optimiser steps per pass") int minibatches,

        @Meaning("sequences per backward pass, for memory; 0 = the whole minibatch")
        int microbatchSize,

        @Meaning("weight of the entropy bonus") double entropyCoef,

        @Meaning("end the passes early above this KL(old || new), nats per token; null = never")
        OptionalDouble klLimit) {

    public UpdateSettings {
        Require.atLeast("update.epochs", epochs, 1);
        Require.atLeast("update.minibatches", minibatches, 1);
        Require.atLeast("update.microbatch_size", microbatchSize, 0);
        Require.notNegative("update.entropy_coef", entropyCoef);
        Require.present("update.kl_limit", klLimit);
        klLimit.ifPresent(limit -> Require.positive("update.kl_limit", limit));
    }

    public static UpdateSettings defaults() {
        return new UpdateSettings(4, 4, 0, 0.0, OptionalDouble.empty());
    }
}
