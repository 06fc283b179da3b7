package dev.tether.trainer.loop;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.journal.StepRecord;
import dev.tether.trainer.algorithm.PolicyUpdate;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.rollout.Rollout;
import java.util.Optional;

/** Stops a run whose figures are no longer finite, before anything of them is written down. */
final class Divergence {
    private Divergence() {}

    static void refuse(int step, Rollout rollout, Optional<StepRecord> lastGood) {
        refuse(step, "logprobs", rollout.evaluation().logprobs(), rollout.responseMask(), lastGood);
        refuse(step, "ref_logprobs", rollout.refLogprobs(), rollout.responseMask(), lastGood);
        if (rollout.evaluation().values().length > 0) {
            refuse(step, "values", rollout.evaluation().values(), rollout.responseMask(), lastGood);
        }
    }

    static void refuse(int step, PolicyUpdate update, Optional<StepRecord> lastGood) {
        for (int i = 0; i < update.reports().size(); i++) {
            UpdateReport report = update.reports().get(i);
            refuse(step, i, "policy loss", report.policyLoss(), lastGood);
            refuse(step, i, "value loss", report.valueLoss(), lastGood);
            refuse(step, i, "gradient norm", report.gradientNorm(), lastGood);
            refuse(step, i, "importance ratio", report.ratioMean(), lastGood);
            refuse(step, i, "update KL", report.updateKlK3(), lastGood);
        }
    }

    private static void refuse(int step, int update, String what, double value, Optional<StepRecord> lastGood) {
        if (!Double.isFinite(value)) {
            throw new TrainingDivergedException(
                    step, "the " + what + " of optimiser step " + (update + 1) + " is " + value, lastGood);
        }
    }

    private static void refuse(
            int step, String what, double[][] values, ResponseMask mask, Optional<StepRecord> lastGood) {
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                if (mask.counts(b, t) && !Double.isFinite(values[b][t])) {
                    throw new TrainingDivergedException(
                            step, what + "[" + b + "][" + t + "] = " + values[b][t], lastGood);
                }
            }
        }
    }
}
