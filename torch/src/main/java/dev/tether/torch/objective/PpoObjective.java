package dev.tether.torch.objective;

import static org.bytedeco.pytorch.global.torch.clamp;
import static org.bytedeco.pytorch.global.torch.where;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.network.TokenFigures;
import dev.tether.trainer.model.KlLoss;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * The differentiable twin of {@link dev.tether.core.objective.PpoPolicyLoss} and
 * {@link dev.tether.core.objective.PpoValueLoss}: policyLoss + valueCoef · valueLoss − entropyCoef · entropy + klLoss.
 *
 * <p>Every sum is divided by the counted tokens of the whole <i>minibatch</i>, so the losses (and with them the
 * gradients) of its microbatches add up to the minibatch's own.
 *
 * @param klLoss the penalty where it is placed in the loss
 * @param tokens counted by the policy masks of all microbatches together
 * @param sequences with a counted token
 * @param valuePositions counted by their value masks
 */
public record PpoObjective(PpoClip clip, KlLoss klLoss, long tokens, long sequences, long valuePositions) {
    /**
     * True where the penalty is a sum over the vocabulary. It is not weighted by the ratio of the sampled token: that
     * ratio's mean is 1 and the sum does not depend on the token, so a weight would only add noise.
     */
    public boolean needsReference() {
        return klLoss.placement() == PenaltyPlacement.RAO_BLACKWELL_IN_LOSS && klLoss.klLossCoef() > 0;
    }

    /**
     * The policy's share of some counted tokens, less its entropy bonus: a differentiable scalar in the caller's scope.
     *
     * @param now of the policy being trained; with the KL to the reference where {@link #needsReference()}
     * @param tally takes what the report needs
     */
    public Tensor policyLoss(TokenFigures now, PolicyTargets before, PpoTally tally) {
        Tensor logRatio = now.logprobs().sub(before.logprobs());
        Tensor ratio = logRatio.exp();
        Tensor cost = before.advantages().neg();
        Tensor free = cost.mul(ratio);
        Tensor bounded = cost.mul(clamp(
                ratio,
                new ScalarOptional(new Scalar(1 - clip.clipRange())),
                new ScalarOptional(new Scalar(1 + clip.clipRange()))));
        // where and not maximum: at a tie maximum halves the gradient between its sides
        Tensor bites = bounded.gt(free);
        Tensor sum = where(bites, bounded, free).sum();
        Tensor refLogRatio = now.logprobs().sub(before.refLogprobs());
        tally.policy(sum, bites, logRatio, now.entropies(), refLogRatio);
        Tensor loss = sum.div(new Scalar((double) tokens));
        if (klLoss.klLossCoef() > 0 && !klLoss.placement().isInReward()) {
            Tensor penalty = needsReference()
                    ? now.referenceKl().sum()
                    : PenaltyTerm.of(klLoss.placement(), refLogRatio, ratio).sum();
            tally.penalty(penalty);
            loss = loss.add(penalty.mul(new Scalar(klLoss.klLossCoef() / tokens)));
        }
        return clip.entropyCoef() == 0
                ? loss
                : loss.sub(now.entropies().sum().mul(new Scalar(clip.entropyCoef() / tokens)));
    }

    /**
     * The value function's share of one microbatch, times its coefficient: a differentiable scalar in the caller's
     * scope.
     *
     * @param newValues [B][T], of the value function being trained
     * @param tally takes what the report needs
     */
    public Tensor valueLoss(Tensor newValues, ValueTargets before, PpoTally tally) {
        Tensor squared = newValues.sub(before.returns()).square().mul(before.mask());
        Tensor bites = null;
        if (Double.isFinite(clip.valueClipRange())) {
            Scalar range = new Scalar(clip.valueClipRange());
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
        return half.mul(new Scalar(clip.valueCoef() / valuePositions));
    }
}
