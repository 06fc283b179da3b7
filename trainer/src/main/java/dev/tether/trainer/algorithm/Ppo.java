package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.Gae;
import dev.tether.core.advantage.Standardize;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.rollout.Rollout;
import dev.tether.trainer.rollout.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Proximal Policy Optimization (Schulman et al. 2017) on shaped rewards, as used for language models by Ziegler et al.
 * 2019 and Stiennon et al. 2020: generalised advantage estimation, then several epochs of clipped steps over shuffled
 * minibatches of the same rollout.
 *
 * <p>As in those papers' code and unlike the paper's equation 9, the value loss is clipped too. Left out: the adaptive
 * penalty on KL(old ‖ new) (their section 4) — the belt to the reference is in the reward, and the drift within one
 * update is bounded by clipping and, where set, by ending the epochs early.
 */
public final class Ppo {
    private final PpoSettings settings;

    public Ppo(PpoSettings settings) {
        this.settings = settings;
    }

    /** Improves {@code policy} on one rollout with its shaped rewards. */
    public PpoUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan) {
        double[][] values = rollout.evaluation().values();
        Advantages estimated = Gae.estimate(shaped.rewards(), values, shaped.rewardMask(), settings.gae());
        double[][] advantages = scale(estimated.advantages(), rollout.responseMask());
        UpdateObjective objective = new UpdateObjective(
                settings.clip(), plan.klLoss(), settings.hardLimit().limit());
        List<UpdateReport> reports = new ArrayList<>();
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            for (int[] rows : minibatches(rollout.sequences(), plan, epoch)) {
                Minibatch minibatch = minibatch(rollout, advantages, estimated.returns(), shaped.rewardMask(), rows);
                UpdateReport report = policy.update(minibatch, objective, plan.temperature(), plan.learningRate());
                reports.add(report);
                if (endsTheUpdate(report)) {
                    return new PpoUpdate(estimated, reports, true);
                }
            }
        }
        return new PpoUpdate(estimated, reports, false);
    }

    private boolean endsTheUpdate(UpdateReport report) {
        return report.updateKlK3() > settings.updateKlLimitNatsPerToken()
                || (report.outcome() == UpdateReport.Outcome.HELD_BACK_OVER_LIMIT
                        && settings.hardLimit().action() != HardLimit.Action.SKIP_MINIBATCH);
    }

    private double[][] scale(double[][] advantages, ResponseMask mask) {
        return switch (settings.advantageScaling()) {
            case STANDARDIZE -> Standardize.standardize(advantages, mask);
            case SCALE_ONLY -> Standardize.scaleToUnitVariance(advantages, mask);
            case RAW -> advantages;
        };
    }

    /** A new shuffle per epoch, cut into parts whose sizes differ by at most one. */
    private List<int[]> minibatches(int sequences, UpdatePlan plan, int epoch) {
        int[] order = plan.seeds().permutation(sequences, Seeds.Purpose.MINIBATCH_ORDER, plan.step(), epoch);
        int parts = Math.min(settings.minibatches(), sequences);
        List<int[]> minibatches = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            minibatches.add(Arrays.copyOfRange(order, i * sequences / parts, (i + 1) * sequences / parts));
        }
        return minibatches;
    }

    private static Minibatch minibatch(
            Rollout rollout, double[][] advantages, double[][] returns, ResponseMask valueMask, int[] rows) {
        return new Minibatch(
                rollout.tokens().rows(rows),
                pick(rollout.evaluation().logprobs(), rows),
                pick(rollout.refLogprobs(), rows),
                pick(advantages, rows),
                pick(rollout.evaluation().values(), rows),
                pick(returns, rows),
                valueMask.rows(rows));
    }

    private static double[][] pick(double[][] values, int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> values[row]).toArray(double[][]::new);
    }
}
