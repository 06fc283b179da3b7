package dev.tether.trainer.algorithm;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.law.Require;
import dev.tether.core.objective.DpoLoss;
import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.Surrogate;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.run.journal.PairFigures;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceKlLimit;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.model.ValueTerm;
import dev.tether.trainer.preference.Comparisons;
import dev.tether.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Direct preference optimisation (Rafailov et al. 2023): learns from pairs that were compared beforehand, not from its own
 * answers. The rollout of a step is a measurement only: it shows score and KL of the policy on the axes of the others.
 *
 * <p>The gradient of a pair's loss is its {@linkplain DpoLoss.Term#slope() slope} times ∇log π(chosen) − ∇log π(rejected). So
 * an update is a policy gradient in which every token of the chosen answer has the advantage −slope and every token of the
 * rejected one +slope, with all importance ratios at 1; what the policy says of the pairs is read just before each step.
 *
 * <p>Left out: the paper's supervised start (any model is taken as it is) and other losses than the sigmoid (IPO, hinge).
 */
public final class Dpo implements Algorithm {
    private static final double TEMPERATURE = 1;
    /** Every ratio is 1 but for rounding, so this bounds nothing. */
    private static final double CEILING = 2;

    private static final UpdateObjective OBJECTIVE = new UpdateObjective(
            new Surrogate.BoundedWeight(CEILING),
            LossMean.overSequenceSums(1),
            ValueTerm.NONE,
            0,
            KlLoss.NONE,
            ReferenceKlLimit.NONE);

    private final Comparisons comparisons;
    private final DpoLoss loss;
    private final int updates;
    private final int pairsPerUpdate;

    /**
     * @param updates optimiser steps of one step; ≥ 1
     * @param pairsPerUpdate pairs of one optimiser step; ≥ 1
     */
    public Dpo(Comparisons comparisons, DpoLoss loss, int updates, int pairsPerUpdate) {
        Require.atLeast("dpo.updates", updates, 1);
        Require.atLeast("dpo.pairs_per_update", pairsPerUpdate, 1);
        this.comparisons = comparisons;
        this.loss = loss;
        this.updates = updates;
        this.pairsPerUpdate = pairsPerUpdate;
    }

    @Override
    public PolicyUpdate update(PolicyModel policy, Rollout rollout, ShapedRewards shaped, UpdatePlan plan) {
        List<UpdateReport> reports = new ArrayList<>();
        List<DpoLoss.Term> terms = new ArrayList<>();
        for (int i = 0; i < updates; i++) {
            long first = ((plan.step() - 1L) * updates + i) * pairsPerUpdate;
            Comparisons.Batch batch = comparisons.draw(plan.seeds(), first, pairsPerUpdate);
            Evaluation now = policy.evaluate(batch.tokens(), TEMPERATURE);
            List<DpoLoss.Term> ofBatch = terms(batch, now);
            reports.add(update(policy, batch, now, ofBatch, plan.learningRate()));
            terms.addAll(ofBatch);
        }
        return new PolicyUpdate(unscaled(rollout, shaped), reports, false, Optional.of(figures(terms)));
    }

    /** What the policy says of each pair, in their order. */
    private List<DpoLoss.Term> terms(Comparisons.Batch batch, Evaluation now) {
        double[] logRatios =
                logRatios(now.logprobs(), batch.refLogprobs(), batch.tokens().responseMask());
        return IntStream.range(0, batch.pairs())
                .mapToObj(i -> loss.at(logRatios[i], logRatios[batch.pairs() + i]))
                .toList();
    }

    private static PairFigures figures(List<DpoLoss.Term> terms) {
        return new PairFigures(mean(terms, term -> term.margin() > 0 ? 1 : 0), mean(terms, DpoLoss.Term::margin));
    }

    private static double mean(List<DpoLoss.Term> terms, ToDoubleFunction<DpoLoss.Term> figure) {
        return terms.stream().mapToDouble(figure).average().orElseThrow();
    }

    private static UpdateReport update(
            PolicyModel policy,
            Comparisons.Batch batch,
            Evaluation now,
            List<DpoLoss.Term> terms,
            double learningRate) {
        ResponseMask mask = batch.tokens().responseMask();
        double[] advantages = new double[2 * batch.pairs()];
        for (int i = 0; i < batch.pairs(); i++) {
            // twice: the loss is a mean over pairs, that of the update one over answers
            advantages[i] = -2 * terms.get(i).slope();
            advantages[batch.pairs() + i] = 2 * terms.get(i).slope();
        }
        Minibatch minibatch = new Minibatch(
                batch.tokens(),
                now.logprobs(),
                batch.refLogprobs(),
                Responses.spread(advantages, mask).advantages(),
                now.values(),
                now.values(),
                mask);
        return policy.update(minibatch, OBJECTIVE, TEMPERATURE, learningRate)
                .withPolicyLoss(mean(terms, DpoLoss.Term::loss));
    }

    /** log π − log π_ref of each whole answer, nats. */
    private static double[] logRatios(double[][] logprobs, double[][] refLogprobs, ResponseMask mask) {
        double[] sums = new double[logprobs.length];
        for (int b = 0; b < sums.length; b++) {
            for (int t = 0; t < mask.width(b); t++) {
                sums[b] += mask.counts(b, t) ? logprobs[b][t] - refLogprobs[b][t] : 0;
            }
        }
        return sums;
    }

    /** None: the rollout teaches nothing. */
    @Override
    public Advantages unscaled(Rollout rollout, ShapedRewards shaped) {
        return Responses.spread(new double[rollout.sequences()], rollout.responseMask());
    }

    @Override
    public UpdateObjective objective() {
        return OBJECTIVE;
    }
}
