package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.objective.PpoClip;

/**
 * How PPO updates on one rollout.
 *
 * @param epochs passes over the rollout; ≥ 1
 * @param minibatches optimiser steps per pass; ≥ 1, at most the batch size
 * @param clip the objective's numbers
 * @param gae discount and λ
 * @param advantageScaling what happens to advantages before the update
 * @param updateKlLimitNatsPerToken the epochs end early once k3 of KL(old ‖ new) on a minibatch exceeds this; infinite =
 *     never
 * @param hardLimit of KL(policy ‖ reference) within the update, and what happens where it is passed
 */
public record PpoSettings(
        int epochs,
        int minibatches,
        PpoClip clip,
        GaeSettings gae,
        AdvantageScaling advantageScaling,
        double updateKlLimitNatsPerToken,
        HardLimit hardLimit) {
    public PpoSettings {
        if (epochs < 1) {
            throw new IllegalArgumentException("ppo.epochs = " + epochs + ", must be at least 1");
        }
        if (minibatches < 1) {
            throw new IllegalArgumentException("ppo.minibatches = " + minibatches + ", must be at least 1");
        }
        if (!(updateKlLimitNatsPerToken > 0)) {
            throw new IllegalArgumentException(
                    "ppo.update_kl_limit = " + updateKlLimitNatsPerToken + ", must be > 0 (or absent)");
        }
    }
}
