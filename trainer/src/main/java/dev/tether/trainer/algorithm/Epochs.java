package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.rollout.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Several passes over shuffled minibatches of one rollout: what every algorithm does with its advantages.
 *
 * @param count passes over the rollout; ≥ 1
 * @param minibatches optimiser steps per pass; ≥ 1, at most the batch size
 * @param updateKlLimitNatsPerToken the passes end early once k3 of KL(old ‖ new) on a minibatch exceeds this; infinite =
 *     never
 * @param hardLimit of KL(policy ‖ reference) within the update, and what happens where it is passed
 */
public record Epochs(int count, int minibatches, double updateKlLimitNatsPerToken, HardLimit hardLimit) {
    public Epochs {
        if (count < 1) {
            throw new IllegalArgumentException("epochs = " + count + ", must be at least 1");
        }
        if (minibatches < 1) {
            throw new IllegalArgumentException("minibatches = " + minibatches + ", must be at least 1");
        }
        if (!(updateKlLimitNatsPerToken > 0)) {
            throw new IllegalArgumentException(
                    "update KL limit = " + updateKlLimitNatsPerToken + ", must be > 0 (or infinite)");
        }
    }

    /**
     * Takes the steps.
     *
     * @param batch the whole rollout with its advantages as the loss sees them
     * @param estimated the advantages before scaling, for the record
     * @param objective without penalty and limit, which are the plan's and this one's
     */
    PolicyUpdate run(
            PolicyModel policy, Minibatch batch, Advantages estimated, UpdateObjective objective, UpdatePlan plan) {
        UpdateObjective whole = objective.with(plan.klLoss()).with(hardLimit.limit());
        List<UpdateReport> reports = new ArrayList<>();
        for (int epoch = 0; epoch < count; epoch++) {
            for (int[] rows : split(batch.tokens().sequences(), plan, epoch)) {
                UpdateReport report = policy.update(batch.rows(rows), whole, plan.temperature(), plan.learningRate());
                reports.add(report);
                if (endsTheUpdate(report)) {
                    return new PolicyUpdate(estimated, reports, true);
                }
            }
        }
        return new PolicyUpdate(estimated, reports, false);
    }

    private boolean endsTheUpdate(UpdateReport report) {
        return report.updateKlK3() > updateKlLimitNatsPerToken
                || (report.outcome() == UpdateReport.Outcome.HELD_BACK_OVER_LIMIT
                        && hardLimit.action() != HardLimit.Action.SKIP_MINIBATCH);
    }

    /** A new shuffle per pass, cut into parts whose sizes differ by at most one. */
    private List<int[]> split(int sequences, UpdatePlan plan, int epoch) {
        int[] order = plan.seeds().permutation(sequences, Seeds.Purpose.MINIBATCH_ORDER, plan.step(), epoch);
        int parts = Math.min(minibatches, sequences);
        List<int[]> split = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            split.add(Arrays.copyOfRange(order, i * sequences / parts, (i + 1) * sequences / parts));
        }
        return split;
    }
}
