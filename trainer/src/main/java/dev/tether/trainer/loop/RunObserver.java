package dev.tether.trainer.loop;

import dev.tether.run.journal.Finding;
import dev.tether.trainer.selftest.SelfTestReport;
import java.nio.file.Path;

/** Is told what a run does while it runs. Called on the training thread; what it throws ends the run. */
public interface RunObserver {
    /** The run is about to take its first step, or to go on after {@code afterStep}. */
    default void started(int afterStep, int steps) {}

    /** Policy and reference were compared before the first step. */
    default void selfTested(SelfTestReport report) {}

    /** The belt was looked at before the first step. */
    default void beltProbed(BeltAtStart belt) {}

    /** The policy was taken back to the checkpoint of {@code toStep}, since KL passed its hard limit. */
    default void rolledBack(int step, int toStep) {}

    /** A step was taken and journalled. */
    default void stepped(StepResult result) {}

    /** The monitor, or the step itself, found something; it is in the journal. */
    default void found(Finding finding) {}

    /** A checkpoint is on the disk. */
    default void checkpointed(int step, Path checkpoint) {}
}
