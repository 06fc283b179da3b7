package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.torch.network.TokenFigures;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.StepObjective;
import dev.tether.torch.objective.StepTally;
import org.bytedeco.pytorch.Tensor;

/**
 * The policy's share of an optimiser step's loss, entropy bonus and penalty included.
 *
 * @param targets [N] int64, the sampled tokens
 * @param before what the policy is compared with
 * @param reference null where the penalty needs no whole distributions
 */
record UpdateLoss(StepObjective objective, Tensor targets, PolicyTargets before, ReferenceDistributions reference)
        implements DistributionLoss {
    @Override
    public Tensor ofTokens(long first, Tensor logprobs) {
        long count = logprobs.size(0);
        Tensor index = targets.narrow(0, first, count).unsqueeze(1);
        Tensor chosen = logprobs.gather(1, index).squeeze(1);
        Tensor nats = reference == null ? null : Distributions.kl(logprobs, reference.logprobs(first, count));
        TokenFigures now = new TokenFigures(chosen, entropies(logprobs, chosen), nats);
        return objective.policyLoss(now, before.piece(first, count), new StepTally());
    }

    /** The report that would tell the entropy is not read: without a bonus it is not computed. */
    private Tensor entropies(Tensor logprobs, Tensor chosen) {
        return objective.wanted().entropyCoef() > 0
                ? logprobs.exp().mul(logprobs).sum(-1).neg()
                : zeros_like(chosen.detach());
    }
}
