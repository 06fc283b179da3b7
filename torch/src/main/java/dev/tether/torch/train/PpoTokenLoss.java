package dev.tether.torch.train;

import dev.tether.torch.network.TokenFigures;
import dev.tether.torch.network.TokenLoss;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.PpoObjective;
import dev.tether.torch.objective.PpoTally;
import dev.tether.torch.objective.ValueTargets;
import org.bytedeco.pytorch.Tensor;

/**
 * The PPO objective of one microbatch, as the network asks for it.
 *
 * @param values null for a policy without value function
 */
record PpoTokenLoss(PpoObjective objective, PolicyTargets policy, ValueTargets values, PpoTally tally)
        implements TokenLoss {
    @Override
    public Tensor ofTokens(long first, TokenFigures figures) {
        return objective.policyLoss(
                figures, policy.piece(first, figures.logprobs().size(0)), tally);
    }

    @Override
    public Tensor ofValues(Tensor newValues) {
        return objective.valueLoss(newValues, values, tally);
    }
}
