package dev.tether.trainer.loop;

import dev.tether.core.control.ControllerMove;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.StepRecord;
import dev.tether.trainer.algorithm.PolicyUpdate;
import dev.tether.trainer.rollout.Rollout;
import dev.tether.trainer.rollout.Stopwatch;
import java.util.List;
import java.util.Map;

/**
 * One step with everything it was made of.
 *
 * @param record what the journal keeps
 * @param rollout prompts, responses and what was measured on them
 * @param referenceKl KL(policy ‖ reference) before the update
 * @param shaped rewards
 * @param update what PPO did
 * @param move the controller's answer to {@code referenceKl}
 * @param events findings and limits met, for the journal
 * @param phaseSeconds what each phase took; what a step does between them is in none
 */
public record StepResult(
        StepRecord record,
        Rollout rollout,
        KlSummary referenceKl,
        ShapedRewards shaped,
        PolicyUpdate update,
        ControllerMove move,
        List<RunEvent> events,
        Map<Stopwatch.Phase, Double> phaseSeconds) {
    public StepResult {
        phaseSeconds = Map.copyOf(phaseSeconds);
        events = List.copyOf(events);
    }
}
