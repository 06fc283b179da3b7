package dev.tether.torch.probe;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.PpoObjective;
import dev.tether.torch.objective.PpoTally;
import dev.tether.trainer.model.KlLoss;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * PPO's policy loss with its entropy bonus, plus the penalty in the loss.
 *
 * @param targets [N] int64, the sampled tokens
 * @param before what the policy is compared with
 * @param reference its distributions at the same tokens; not asked where the penalty is not in the loss
 */
record UpdateLoss(
        PpoObjective objective, KlLoss klLoss, Tensor targets, PolicyTargets before, ReferenceDistributions reference)
        implements DistributionLoss {

    /** Whether a penalty in the loss is to be computed. */
    static boolean isPenalized(KlLoss klLoss) {
        return klLoss.klLossCoef() > 0 && !klLoss.placement().isInReward();
    }

    @Override
    public Tensor ofTokens(long first, Tensor logprobs) {
        long count = logprobs.size(0);
        Tensor index = targets.narrow(0, first, count).unsqueeze(1);
        Tensor chosen = logprobs.gather(1, index).squeeze(1);
        PolicyTargets then = before.piece(first, count);
        Tensor loss = objective.policyLoss(chosen, entropies(logprobs), then, new PpoTally());
        if (!isPenalized(klLoss)) {
            return loss;
        }
        Tensor refLogprobs = reference.logprobs(first, count);
        Tensor nats = klLoss.placement() == PenaltyPlacement.RAO_BLACKWELL_IN_LOSS
                ? PenaltyLoss.ofDistributions(logprobs, refLogprobs)
                : PenaltyLoss.ofTokens(
                        klLoss.placement(),
                        chosen,
                        then.logprobs(),
                        refLogprobs.gather(1, index).squeeze(1));
        return loss.add(nats.sum().mul(new Scalar(klLoss.klLossCoef() / objective.tokens())));
    }

    private Tensor entropies(Tensor logprobs) {
        Tensor tracked = objective.clip().entropyCoef() > 0 ? logprobs : logprobs.detach();
        return tracked.exp().mul(tracked).sum(-1).neg();
    }
}
