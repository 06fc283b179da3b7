package dev.tether.torch.train;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.RatioLevel;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.TokenFigures;
import dev.tether.torch.network.TokenLoss;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.StepObjective;
import dev.tether.torch.objective.StepTally;
import dev.tether.torch.objective.ValueTargets;
import dev.tether.trainer.model.Minibatch;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The objective of one microbatch, as the network asks for it. */
final class StepLoss implements TokenLoss {
    private final StepObjective objective;
    private final StepTally tally;
    private final ResponseMask mask;
    /** Null for a policy without value function. */
    private final ValueTargets values;

    private PolicyTargets policy;

    /** @param values null for a policy without value function */
    StepLoss(StepObjective objective, StepTally tally, Minibatch batch, PolicyTargets policy, ValueTargets values) {
        this.objective = objective;
        this.tally = tally;
        this.mask = batch.tokens().responseMask();
        this.policy = policy;
        this.values = values;
    }

    @Override
    public boolean needsAllLogprobs() {
        return objective.needsSequences();
    }

    @Override
    public void take(Tensor allLogprobs) {
        double[] now = Tensors.toDoubles(allLogprobs);
        double[] before = Tensors.toDoubles(policy.logprobs());
        double[] logRatios = new double[now.length];
        double[] shares = new double[now.length];
        boolean mean = objective.wanted().surrogate().level() == RatioLevel.SEQUENCE_MEAN;
        int first = 0;
        for (int b = 0; b < mask.sequences(); b++) {
            int end = first + mask.counted(b);
            double sum = 0;
            for (int i = first; i < end; i++) {
                sum += now[i] - before[i];
            }
            Arrays.fill(logRatios, first, end, mean ? sum / (end - first) : sum);
            Arrays.fill(shares, first, end, mean ? 1 : 1.0 / (end - first));
            first = end;
        }
        ScalarType type = policy.logprobs().scalar_type();
        policy = policy.with(new PolicyTargets.Sequences(
                Tensors.of(logRatios, type, logRatios.length), Tensors.of(shares, type, shares.length)));
    }

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
