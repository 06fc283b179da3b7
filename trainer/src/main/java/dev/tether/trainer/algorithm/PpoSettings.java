package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.objective.PpoClip;

/**
 * How PPO updates on one rollout.
 *
 * @param clip the objective's numbers
 * @param gae discount and λ
 * @param advantageScaling what happens to advantages before the update
 */
public record PpoSettings(PpoClip clip, GaeSettings gae, AdvantageScaling advantageScaling) {}
