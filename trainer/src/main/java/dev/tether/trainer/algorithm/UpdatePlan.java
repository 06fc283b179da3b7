package dev.tether.trainer.algorithm;

import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.rollout.Seeds;

/**
 * What one update needs besides the rollout.
 *
 * @param step counted from 1; with {@code seeds} it fixes the order of the minibatches
 * @param seeds the run's streams of random numbers
 * @param temperature at which the rollout's logprobs were read
 * @param learningRate of every optimiser step of this update
 * @param klLoss the penalty where it is placed in the loss
 */
public record UpdatePlan(int step, Seeds seeds, double temperature, double learningRate, KlLoss klLoss) {}
