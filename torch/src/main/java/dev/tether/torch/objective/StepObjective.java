package dev.tether.torch.objective;

import static org.bytedeco.pytorch.global.torch.clamp;
import static org.bytedeco.pytorch.global.torch.clamp_max;
import static org.bytedeco.pytorch.global.torch.where;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.objective.RatioLevel;
import dev.tether.core.objective.Surrogate;
import dev.tether.torch.network.TokenFigures;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.UpdateObjective;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * The differentiable twin of {@link dev.tether.core.objective.SurrogateLoss} and
 * {@link dev.tether.core.objective.PpoValueLoss}: surrogate + valueCoef · valueLoss − entropyCoef · entropy + klLoss.
 *
 * <p>Every token has its weight in the whole <i>minibatch</i>, so the losses (and with them the gradients) of its
 * microbatches add up to the minibatch's own.
 *
 * @param tokens counted by the policy masks of all microbatches together
 * @param sequences with a counted token
 * @param valuePositions counted by their value masks
 */
public record StepObjective(UpdateObjective wanted, long tokens, long sequences, long valuePositions) {
    /**
     * True where the penalty is a sum over the vocabulary. It is not weighted by the ratio of the sampled token: that
     * ratio's mean is 1 and the sum does not depend on the token, so a weight would only add noise.
     */
    public boolean needsReference() {
        KlLoss klLoss = wanted.klLoss();
        return klLoss.placement() == PenaltyPlacement.RAO_BLACKWELL_IN_LOSS && klLoss.klLossCoef() > 0;
    }

    /** True where {@link PolicyTargets#sequences} must be given. */
    public boolean needsSequences() {
        return wanted.surrogate().level() != RatioLevel.TOKEN;
    }

    /**
     * The policy's share of some counted tokens, less its entropy bonus: a differentiable scalar in the caller's scope.
     *
     * @param now of the policy being trained; with the KL to the reference where {@link #needsReference()}
     * @param tally takes what the report needs
     */
    public Tensor policyLoss(TokenFigures now, PolicyTargets before, StepTally tally) {
        Tensor logRatio = now.logprobs().sub(before.logprobs());
        Terms terms = terms(surrogateRatio(logRatio, before), now.logprobs(), before.advantages());
        Tensor refLogRatio = now.logprobs().sub(before.refLogprobs());
        tally.policy(terms, logRatio, now.entropies(), refLogRatio, before);
        Tensor loss = terms.losses();
        KlLoss klLoss = wanted.klLoss();
        if (klLoss.klLossCoef() > 0 && !klLoss.placement().isInReward()) {
            Tensor penalties = needsReference()
                    ? now.referenceKl()
                    : PenaltyTerm.of(klLoss.placement(), refLogRatio, logRatio.exp());
            tally.penalty(penalties.mul(before.weights()).sum());
            loss = loss.add(penalties.mul(new Scalar(klLoss.klLossCoef())));
        }
        if (wanted.entropyCoef() > 0) {
            loss = loss.sub(now.entropies().mul(new Scalar(wanted.entropyCoef())));
        }
        return loss.mul(before.weights()).sum();
    }

    /** The importance ratio: of the token, or the value of its sequence's with the slope of the token. */
    private static Tensor surrogateRatio(Tensor logRatio, PolicyTargets before) {
        return before.sequences() == null
                ? logRatio.exp()
                : logRatio.sub(logRatio.detach())
                        .add(before.sequences().logRatios())
                        .exp();
    }

    /**
     * Of each token, before its weight.
     *
     * @param losses [n]
     * @param bites [n], where a bound bites
     */
    record Terms(Tensor losses, Tensor bites) {}

    private Terms terms(Tensor ratio, Tensor logprobs, Tensor advantages) {
        Tensor cost = advantages.neg();
        if (wanted.surrogate() instanceof Surrogate.BoundedWeight bounded) {
            Scalar ceiling = new Scalar(bounded.ceiling());
            Tensor weight = clamp_max(ratio.detach(), ceiling);
            Tensor bites = ratio.gt(ceiling).logical_and(cost.lt(new Scalar(0.0)));
            return new Terms(cost.mul(weight).mul(logprobs), bites);
        }
        Surrogate.Clipped clip = (Surrogate.Clipped) wanted.surrogate();
        Tensor free =
                cost.mul(Double.isInfinite(clip.ceiling()) ? ratio : clamp_max(ratio, new Scalar(clip.ceiling())));
        Tensor bounded = cost.mul(clamp(
                ratio,
                new ScalarOptional(new Scalar(1 - clip.clipLow())),
                new ScalarOptional(new Scalar(1 + clip.clipHigh()))));
        // where and not maximum: at a tie maximum halves the gradient between its sides
        Tensor bites = bounded.gt(free);
        return new Terms(where(bites, bounded, free), bites);
    }

    /**
     * The value function's share of one microbatch, times its coefficient: a differentiable scalar in the caller's
     * scope.
     *
     * @param newValues [B][T], of the value function being trained
     * @param tally takes what the report needs
     */
    public Tensor valueLoss(Tensor newValues, ValueTargets before, StepTally tally) {
        Tensor squared = newValues.sub(before.returns()).square().mul(before.mask());
        Tensor bites = null;
        if (Double.isFinite(wanted.value().clipRange())) {
            Scalar range = new Scalar(wanted.value().clipRange());
            Tensor bounded = clamp(
                    newValues,
                    new TensorOptional(before.values().sub(range)),
                    new TensorOptional(before.values().add(range)));
            Tensor boundedSquared = bounded.sub(before.returns()).square().mul(before.mask());
            bites = boundedSquared.gt(squared);
            squared = where(bites, boundedSquared, squared);
        }
        Tensor half = squared.sum().mul(new Scalar(0.5));
        tally.value(half, bites);
        return half.mul(new Scalar(wanted.value().coef() / valuePositions));
    }
}
