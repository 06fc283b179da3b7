package dev.tether.run.settings;

import java.util.OptionalDouble;

/**
 * What every algorithm shares when a batch becomes an update.
 *
 * @param epochs passes over the batch; ≥ 1
 * @param minibatches optimiser steps per pass; ≥ 1
 * @param microbatchSize sequences per backward pass; 0 = the whole minibatch
 * @param entropyCoef weight of the entropy bonus; ≥ 0
 * @param oldLogprobs whose logprobs of the responses, before the update, a step goes on with
 * @param klLimit the passes end early when the update KL exceeds this, in nats per token; &gt; 0; empty = never
 */
public record UpdateSettings(
        @Meaning("passes over each batch") int epochs,
        @Meaning("optimiser steps per pass") int minibatches,

        @Meaning("sequences per backward pass, for memory; 0 = the whole minibatch")
        int microbatchSize,

        @Meaning("weight of the entropy bonus") double entropyCoef,

        @Meaning("logprobs before the update: sampled_when_equal (the sampler's, in steps in which a share of the rows,"
                + " computed again, agrees within 0.0001 nats a token) | recomputed (always in a pass of their own)")
        OldLogprobs oldLogprobs,

        @Meaning("end the passes early above this KL(old || new), nats per token; null = never")
        OptionalDouble klLimit) {

    /** Whose logprobs a step goes on with. */
    public enum OldLogprobs {
        /** The sampler's where they agree with the trainer's, else the trainer's. */
        SAMPLED_WHEN_EQUAL,
        /** The trainer's. */
        RECOMPUTED
    }

    public UpdateSettings {
        Require.atLeast("update.epochs", epochs, 1);
        Require.atLeast("update.minibatches", minibatches, 1);
        Require.atLeast("update.microbatch_size", microbatchSize, 0);
        Require.notNegative("update.entropy_coef", entropyCoef);
        Require.present("update.old_logprobs", oldLogprobs);
        Require.present("update.kl_limit", klLimit);
        klLimit.ifPresent(limit -> Require.positive("update.kl_limit", limit));
    }

    public static UpdateSettings defaults() {
        return new UpdateSettings(4, 4, 0, 0.0, OldLogprobs.SAMPLED_WHEN_EQUAL, OptionalDouble.empty());
    }
}
