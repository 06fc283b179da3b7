package dev.tether.trainer.belt;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.core.stats.Masked;
import dev.tether.trainer.algorithm.Algorithm;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.rollout.Rollout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures the force of a run's penalty: how much of the gradient of the exact sequence KL is in what the penalty adds to
 * the gradient of a step. The step is the run's own: its shaping, its algorithm's advantages and loss at ratio 1, its penalty in
 * the loss. What is linear in the advantages can be parted exactly: the penalty's advantages are those with it less those
 * without it. What would mix reward and penalty is left out: the scaling of advantages, and λ, which is 1 here
 * ({@link Algorithm#unscaled}). A loss that is not a mean over tokens is brought to the weight of one.
 *
 * <p>Both gradients are noisy, and on the same samples their noise would agree: k1 in the loss, which has no force, would
 * seem to pull. So the rows are cut into groups, and a penalty gradient is only ever multiplied with the KL gradient of
 * other groups.
 */
public final class ForceMeter {
    /** Scores and a price per nat to rewards, as the run does it. */
    @FunctionalInterface
    public interface Shaping {
        /** @param klCoef price of a nat in the reward, ≥ 0 */
        ShapedRewards shape(Rollout rollout, double klCoef);
    }

    private static final int GROUPS = 8;

    private final BeltProbe probe;
    private final Shaping shaping;
    private final Algorithm algorithm;
    private final UpdateObjective plain;
    private final PenaltyPlacement placement;

    /**
     * A meter of one run.
     *
     * @param shaping without whitening of the rewards, which would mix reward and penalty
     * @param algorithm that the run is trained by
     */
    public ForceMeter(BeltProbe probe, Shaping shaping, Algorithm algorithm, PenaltyPlacement placement) {
        this.probe = probe;
        this.shaping = shaping;
        this.algorithm = algorithm;
        this.plain = algorithm.objective().withoutEntropy();
        this.placement = placement;
    }

    /**
     * The force on a fresh rollout of the policy as it is now. Costs about four gradients of the rollout.
     *
     * @param rollout of at least two sequences with a counted token
     * @param klCoef the price of a nat, wherever it is charged; finite and &gt; 0
     * @param temperature at which the rollout was read
     */
    public ForceReading measure(Rollout rollout, double klCoef, double temperature) {
        if (!(klCoef > 0) || Double.isInfinite(klCoef)) {
            throw new IllegalArgumentException(
                    "kl_coef = " + klCoef + ", must be finite and > 0: without a price there is no penalty to measure");
        }
        int[] rows = IntStream.range(0, rollout.sequences())
                .filter(b -> rollout.responseMask().counted(b) > 0)
                .toArray();
        int groups = Math.min(GROUPS, rows.length);
        if (groups < 2) {
            throw new IllegalArgumentException(
                    "the rollout has " + rows.length + " sequences with a token, a force needs at least 2");
        }
        List<int[]> ofGroups = IntStream.range(0, groups)
                .mapToObj(group -> IntStream.range(0, rows.length)
                        .filter(i -> i % groups == group)
                        .map(i -> rows[i])
                        .toArray())
                .toList();
        List<double[][]> products = products(parts(rollout, klCoef), rows, ofGroups, temperature);
        GroupForces forces = new GroupForces();
        for (int group = 0; group < groups; group++) {
            ResponseMask mask = rollout.responseMask().rows(ofGroups.get(group));
            double share = (double) mask.counted() / rollout.responseMask().counted();
            forces.add(products.get(group), share, klCoef * totalWeight(mask));
        }
        double kl =
                Masked.mean(probe.exactKl(rollout.tokens(), temperature).policyToReference(), rollout.responseMask());
        return forces.reading(kl);
    }

    /** The weights of all tokens together; 1 where the loss is a mean over them. */
    private double totalWeight(ResponseMask mask) {
        double[] weights = plain.mean().weights(mask);
        return IntStream.range(0, weights.length)
                .mapToDouble(b -> weights[b] * mask.counted(b))
                .sum();
    }

    /** A step cut in two: what the penalty adds, and what is left without it. */
    private record Parts(Minibatch penalty, UpdateObjective objective, Minibatch rest) {}

    private Parts parts(Rollout rollout, double klCoef) {
        Minibatch without = minibatch(rollout, 0);
        if (!placement.isInReward()) {
            KlLoss klLoss = new KlLoss(placement, klCoef);
            double[][] nothing = difference(without.advantages(), without.advantages());
            return new Parts(withAdvantages(without, nothing), plain.with(klLoss), without);
        }
        double[][] penalty = difference(minibatch(rollout, klCoef).advantages(), without.advantages());
        return new Parts(withAdvantages(without, penalty), plain, without);
    }

    private Minibatch minibatch(Rollout rollout, double klCoef) {
        ShapedRewards shaped = shaping.shape(rollout, klCoef);
        Advantages advantages = algorithm.unscaled(rollout, shaped);
        return rollout.minibatch(advantages.advantages(), advantages.returns(), shaped.rewardMask());
    }

    private static Minibatch withAdvantages(Minibatch minibatch, double[][] advantages) {
        return new Minibatch(
                minibatch.tokens(),
                minibatch.logprobs(),
                minibatch.refLogprobs(),
                advantages,
                minibatch.values(),
                minibatch.returns(),
                minibatch.valueMask());
    }

    private static double[][] difference(double[][] a, double[][] b) {
        double[][] difference = new double[a.length][];
        for (int i = 0; i < a.length; i++) {
            difference[i] = new double[a[i].length];
            for (int t = 0; t < a[i].length; t++) {
                difference[i][t] = a[i][t] - b[i][t];
            }
        }
        return difference;
    }

    /** Per group, inner products of: its penalty, the rest of its step, its KL, and the KL of all rows. */
    private List<double[][]> products(Parts parts, int[] all, List<int[]> groups, double temperature) {
        TokenBatch tokens = parts.rest().tokens();
        List<List<ProbeLoss>> losses = groups.stream()
                .<List<ProbeLoss>>map(own -> List.of(
                        new ProbeLoss.Update(parts.penalty().rows(own), parts.objective()),
                        new ProbeLoss.Update(parts.rest().rows(own), plain),
                        new ProbeLoss.SequenceKl(tokens.rows(own))))
                .toList();
        return probe.gradientGrams(losses, new ProbeLoss.SequenceKl(tokens.rows(all)), temperature);
    }
}
