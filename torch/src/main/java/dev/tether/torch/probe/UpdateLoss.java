package dev.tether.torch.probe;

import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.PpoObjective;
import dev.tether.torch.objective.PpoTally;
import org.bytedeco.pytorch.Tensor;

/**
 * The policy's share of an optimiser step's loss, entropy bonus and penalty of single tokens included.
 *
 * @param targets [N] int64, the sampled tokens
 * @param before what the policy is compared with
 */
record UpdateLoss(PpoObjective objective, Tensor targets, PolicyTargets before) implements DistributionLoss {
    @Override
    public Tensor ofTokens(long first, Tensor logprobs) {
        long count = logprobs.size(0);
        Tensor index = targets.narrow(0, first, count).unsqueeze(1);
        Tensor chosen = logprobs.gather(1, index).squeeze(1);
        return objective.policyLoss(chosen, entropies(logprobs), before.piece(first, count), new PpoTally());
    }

    private Tensor entropies(Tensor logprobs) {
        Tensor tracked = objective.clip().entropyCoef() > 0 ? logprobs : logprobs.detach();
        return tracked.exp().mul(tracked).sum(-1).neg();
    }
}
