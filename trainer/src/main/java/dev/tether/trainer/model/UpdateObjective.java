package dev.tether.trainer.model;

import dev.tether.core.objective.PpoClip;

/**
 * What one optimiser step descends on: PPO's clipped objective plus the penalty where it is placed in the loss.
 *
 * @param clip PPO's numbers
 * @param klLoss the penalty in the loss
 */
public record UpdateObjective(PpoClip clip, KlLoss klLoss) {}
