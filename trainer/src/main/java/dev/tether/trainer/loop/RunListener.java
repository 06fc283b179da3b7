package dev.tether.trainer.loop;

import dev.tether.run.journal.Finding;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.StepRecord;
import dev.tether.trainer.selftest.SelfTestReport;
import java.nio.file.Path;
import java.util.List;

/**
 * Is told what a run does while it runs; given to {@link TrainingRun#execute}. A listener overrides what it wants to
 * hear of, and ignores the rest.
 *
 * <p>The order of calls: {@link #started}; before the first step of a new run {@link #selfTested} and
 * {@link #beltProbed}; then for each step {@link #sampled}, {@link #stepped}, {@link #found} once per finding,
 * {@link #rolledBack} where KL passed its hard limit, {@link #checkpointed} where one was due; at last
 * {@link #ended}, or {@link #failed}. What a listener is told of stands in the run directory already.
 *
 * <p>Every call is made on the training thread, which waits for it: whatever takes long belongs on a thread of the
 * listener's own. A listener cannot end a run by failing. The first {@link RuntimeException} that it throws is logged
 * and noted in {@code sessions.jsonl}, and the run goes on; the listener is told of what follows as before. An
 * {@link Error} is not caught. To end a run early, answer true from the {@code stopRequested} of
 * {@link TrainingRun#execute}: that leaves a checkpoint.
 */
public interface RunListener {
    /**
     * The run is about to take its first step, or goes on from a checkpoint.
     *
     * @param afterStep the last step that is taken already; 0 for a new run
     * @param steps of the whole run
     */
    default void started(int afterStep, int steps) {}

    /** Policy and reference were compared before the first step. A report that is not passed ends the run. */
    default void selfTested(SelfTestReport report) {}

    /** The belt was looked at before the first step. */
    default void beltProbed(BeltAtStart belt) {}

    /** What the policy wrote in the step that {@link #stepped} is about to tell of, all of its batch. */
    default void sampled(List<SampleRecord> samples) {}

    /**
     * A step was taken.
     *
     * @param result {@link StepResult#record()} is what the journal keeps, with units ({@link StepRecord}); the rest is
     *     what it was computed from
     */
    default void stepped(StepResult result) {}

    /** The monitor, or the step itself, found something. */
    default void found(Finding finding) {}

    /** The policy was taken back to the checkpoint of {@code toStep}, since KL passed its hard limit in {@code step}. */
    default void rolledBack(int step, int toStep) {}

    /** A checkpoint is on the disk; older ones may have been removed for it. */
    default void checkpointed(int step, Path checkpoint) {}

    /** The run is over: completed, interrupted or diverged. Journal and session log are closed with that already. */
    default void ended(RunOutcome outcome) {}

    /** The run is over by an exception, which {@link TrainingRun#execute} throws next. */
    default void failed(RuntimeException cause) {}
}
