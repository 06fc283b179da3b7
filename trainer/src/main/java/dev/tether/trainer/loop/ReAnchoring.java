package dev.tether.trainer.loop;

import dev.tether.trainer.model.MovingReference;
import dev.tether.trainer.model.ReferenceModel;

/**
 * A belt whose other end moves.
 *
 * @param reference that follows the policy; the very {@link TrainingParts#reference()} of the run
 * @param anchor where the run began, against which the whole drift stays measured
 */
public record ReAnchoring(MovingReference reference, ReferenceModel anchor) {}
