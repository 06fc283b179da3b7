package dev.tether.trainer.loop;

import dev.tether.core.control.KlController;
import dev.tether.run.journal.StepRecord;
import dev.tether.trainer.belt.ForceReading;
import java.util.Optional;

/**
 * Where a training loop stands between two steps; with the policy's state, everything that a checkpoint must keep.
 *
 * @param step steps taken
 * @param episodes responses sampled so far
 * @param controller that sets β for the next step
 * @param force as it was last measured
 * @param rollBacks of the policy to a checkpoint
 * @param lastRecord what the last step said; empty before the first and right after a resume
 */
public record LoopState(
        int step,
        long episodes,
        KlController controller,
        Optional<ForceReading> force,
        RollBacks rollBacks,
        Optional<StepRecord> lastRecord) {
    /** Before anything was measured. */
    static LoopState start(KlController controller) {
        return new LoopState(0, 0, controller, Optional.empty(), RollBacks.NONE, Optional.empty());
    }

    LoopState with(Optional<ForceReading> force) {
        return new LoopState(step, episodes, controller, force, rollBacks, lastRecord);
    }

    LoopState with(RollBacks rollBacks) {
        return new LoopState(step, episodes, controller, force, rollBacks, lastRecord);
    }
}
