package dev.tether.trainer.model;

import dev.tether.core.objective.PpoClip;

/**
 * What one optimiser step descends on: PPO's clipped objective plus the penalty where it is placed in the loss.
 *
 * @param clip PPO's numbers
 * @param klLoss the penalty in the loss
 * @param limit over which a step is not taken
 */
public record UpdateObjective(PpoClip clip, KlLoss klLoss, ReferenceKlLimit limit) {
    /** PPO alone: no penalty in the loss, no limit. */
    public static UpdateObjective of(PpoClip clip) {
        return new UpdateObjective(clip, KlLoss.NONE, ReferenceKlLimit.NONE);
    }
}
