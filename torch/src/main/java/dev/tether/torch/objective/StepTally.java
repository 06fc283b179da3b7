package dev.tether.torch.objective;

import static org.bytedeco.pytorch.global.torch.stack;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.parallel.PartReader;
import dev.tether.trainer.parallel.PartWriter;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Sums over the counted tokens of a minibatch, microbatch by microbatch, on their way to an {@link UpdateReport}. */
public final class StepTally {
    private static final int POLICY_SUMS = 9;

    private final double[] policy = new double[POLICY_SUMS];
    private final double[] value = new double[2];
    private final double[] penalty = new double[1];

    /** The tally of all processes, from the {@link #bytes} of each. */
    public static StepTally sum(List<byte[]> parts) {
        StepTally sum = new StepTally();
        for (byte[] part : parts) {
            PartReader reader = new PartReader(part);
            for (double[] sums : List.of(sum.policy, sum.value, sum.penalty)) {
                double[] more = reader.doubles();
                Arrays.setAll(sums, i -> sums[i] + more[i]);
            }
        }
        return sum;
    }

    /** What was seen here, for {@link #sum}. */
    public byte[] bytes() {
        return new PartWriter().add(policy).add(value).add(penalty).bytes();
    }

    /**
     * @param logRatio [n], newLogprobs − logprobs
     * @param entropies [n]
     * @param refLogRatio [n], newLogprobs − refLogprobs
     */
    void policy(
            StepObjective.Terms terms, Tensor logRatio, Tensor entropies, Tensor refLogRatio, PolicyTargets before) {
        Scoped.computeWithoutGradients(() -> {
            Tensor x = logRatio.detach();
            Tensor excess = x.expm1();
            Tensor weights = before.weights();
            Tensor told = before.sequences() == null
                    ? weights
                    : weights.mul(before.sequences().shares());
            return add(
                    policy,
                    terms.losses().mul(told).sum(),
                    terms.bites().sum(),
                    x.neg().sum(),
                    x.square().sum().mul(new Scalar(0.5)),
                    excess.sub(x).sum(),
                    excess.sum(),
                    entropies.sum(),
                    excess.add(new Scalar(1.0))
                            .mul(PenaltyTerm.k3(refLogRatio.detach()))
                            .sum(),
                    entropies.mul(weights).sum());
        });
    }

    /** @param sum of the tokens' penalties by weight, before the coefficient */
    void penalty(Tensor sum) {
        Scoped.computeWithoutGradients(() -> add(penalty, sum));
    }

    /** Takes over what another tally has seen of the same minibatch. */
    public void include(StepTally other) {
        addTo(policy, other.policy);
        addTo(value, other.value);
        addTo(penalty, other.penalty);
    }

    private static void addTo(double[] sums, double[] more) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
        }
    }

    /** KL(policy ‖ reference) of what was seen, see {@link UpdateReport.ReferenceKl}. */
    public UpdateReport.ReferenceKl referenceKl(StepObjective objective) {
        return new UpdateReport.ReferenceKl(policy[7] / objective.tokens(), policy[7] / objective.sequences());
    }

    /** @param bites null where the values are not clipped */
    void value(Tensor loss, Tensor bites) {
        Scoped.computeWithoutGradients(() -> add(value, loss, bites == null ? loss.mul(new Scalar(0.0)) : bites.sum()));
    }

    private static double[] add(double[] sums, Tensor... terms) {
        TensorVector doubles = new TensorVector();
        for (Tensor term : terms) {
            doubles.push_back(term.detach().to(ScalarType.Double));
        }
        double[] values = Tensors.toDoubles(stack(doubles));
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
        return sums;
    }

    /** Everything seen, as means over the objective's counted tokens. */
    public UpdateReport report(StepObjective objective, double gradientNorm, UpdateReport.Outcome outcome) {
        UpdateObjective wanted = objective.wanted();
        double tokens = objective.tokens();
        double positions = Math.max(1, objective.valuePositions());
        double policyLoss = policy[0];
        double valueLoss = value[0] / positions;
        double entropy = policy[6] / tokens;
        double klLoss = wanted.klLoss().klLossCoef() * penalty[0];
        return new UpdateReport(
                policyLoss,
                valueLoss,
                klLoss,
                policyLoss + wanted.value().coef() * valueLoss - wanted.entropyCoef() * policy[8] + klLoss,
                policy[1] / tokens,
                value[1] / positions,
                policy[2] / tokens,
                policy[3] / tokens,
                policy[4] / tokens,
                1 + policy[5] / tokens,
                entropy,
                referenceKl(objective),
                gradientNorm,
                objective.tokens(),
                outcome);
    }
}
