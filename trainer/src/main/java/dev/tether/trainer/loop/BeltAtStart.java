package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.trainer.belt.ForceReading;
import java.util.Optional;

/**
 * The belt before the first step.
 *
 * @param verdict on it
 * @param force measured on a policy near by, for at the reference itself no belt pulls; empty where it was not measured
 */
public record BeltAtStart(BeltVerdict verdict, Optional<ForceReading> force) {}
