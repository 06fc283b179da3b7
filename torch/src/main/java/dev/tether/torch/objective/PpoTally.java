package dev.tether.torch.objective;

import static org.bytedeco.pytorch.global.torch.stack;

import dev.tether.core.objective.PpoClip;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.trainer.model.UpdateReport;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Sums over the counted tokens of a minibatch, microbatch by microbatch, on their way to an {@link UpdateReport}. */
public final class PpoTally {
    private static final int POLICY_SUMS = 7;

    private final double[] policy = new double[POLICY_SUMS];
    private final double[] value = new double[2];

    /**
     * @param loss summed over the tokens
     * @param bites [n], where the clip bites
     * @param logRatio [n], newLogprobs − logprobs
     * @param entropies [n]
     */
    void policy(Tensor loss, Tensor bites, Tensor logRatio, Tensor entropies) {
        Scoped.computeWithoutGradients(() -> {
            Tensor x = logRatio.detach();
            Tensor excess = x.expm1();
            return add(
                    policy,
                    loss,
                    bites.sum(),
                    x.neg().sum(),
                    x.square().sum().mul(new Scalar(0.5)),
                    excess.sub(x).sum(),
                    excess.sum(),
                    entropies.sum());
        });
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
    public UpdateReport report(PpoObjective objective, double gradientNorm) {
        PpoClip clip = objective.clip();
        double tokens = objective.tokens();
        double positions = Math.max(1, objective.valuePositions());
        double policyLoss = policy[0] / tokens;
        double valueLoss = value[0] / positions;
        double entropy = policy[6] / tokens;
        return new UpdateReport(
                policyLoss,
                valueLoss,
                policyLoss + clip.valueCoef() * valueLoss - clip.entropyCoef() * entropy,
                policy[1] / tokens,
                value[1] / positions,
                policy[2] / tokens,
                policy[3] / tokens,
                policy[4] / tokens,
                1 + policy[5] / tokens,
                entropy,
                gradientNorm,
                objective.tokens());
    }
}
