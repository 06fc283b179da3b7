package dev.tether.torch.objective;

import dev.tether.core.belt.PenaltyPlacement;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The KL penalty of single tokens as a differentiable loss; which force each placement exerts stands in docs/belt.md. Off
 * policy k2 is weighted by the ratio's value, and k3 of {@link PenaltyPlacement#WEIGHTED_K3_IN_LOSS} by the differentiable
 * ratio; the plain forms are as other trainers have them.
 */
final class PenaltyTerm {
    private PenaltyTerm() {}

    /**
     * The penalty of each token before its coefficient, [n] nats.
     *
     * @param refLogRatio [n] d = newLogprobs − refLogprobs
     * @param ratio [n] newProbability / probability before the update, differentiable
     */
    static Tensor of(PenaltyPlacement placement, Tensor refLogRatio, Tensor ratio) {
        return switch (placement) {
            case K1_IN_LOSS -> refLogRatio;
            case K2_IN_LOSS -> ratio.detach().mul(refLogRatio.square()).mul(new Scalar(0.5));
            case K3_IN_LOSS -> k3(refLogRatio);
            case WEIGHTED_K3_IN_LOSS -> ratio.mul(k3(refLogRatio));
            case K1_IN_REWARD, RAO_BLACKWELL_IN_LOSS ->
                throw new IllegalArgumentException(placement + " is not a loss of single tokens");
        };
    }

    /** e^(−d) − 1 + d. */
    static Tensor k3(Tensor refLogRatio) {
        return refLogRatio.neg().expm1().add(refLogRatio);
    }
}
