package dev.tether.trainer.loop;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.control.KlController;
import dev.tether.run.journal.StepRecord;
import java.util.Optional;

/**
 * Where a training loop stands between two steps; with the policy's state, everything that a checkpoint must keep.
 *
 * @param step steps taken
 * @param episodes responses sampled so far
 * @param controller that sets β for the next step
 * @param verdict on the belt as it last stood
 * @param lastRecord what the last step said; empty before the first and right after a resume
 */
public record LoopState(
        int step, long episodes, KlController controller, BeltVerdict verdict, Optional<StepRecord> lastRecord) {}
