package dev.tether.core.belt;

import dev.tether.core.kl.FullKl;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.law.Require;
import dev.tether.core.objective.LossMean;

/**
 * The KL penalty where it acts, without its coefficient, in double precision: the mean of one term per counted token, and the
 * gradient that training follows. With x = newLogprobs − refLogprobs and w = e^(newLogprobs − logprobs):
 *
 * <ul>
 *   <li>K1_IN_REWARD: w · Σ_{s≥t} x_s, the return to go of the old policy's x held constant;
 *   <li>WEIGHTED_K3_IN_LOSS: w · k3(x), w differentiable; its gradient is w · x;
 *   <li>K2_IN_LOSS: w · x²/2, w held constant; its gradient is w · x too;
 *   <li>K3_IN_LOSS: k3(x); K1_IN_LOSS: x. Both unweighted, as found in the field.
 * </ul>
 *
 * @param loss the mean
 * @param gradient [B][T], ∂loss/∂newLogprobs of the chosen token; 0 where uncounted
 */
public record PenaltyLoss(double loss, double[][] gradient) {
    /** {@link #of(PenaltyPlacement, LossMean, double[][], double[][], double[][], ResponseMask)} over counted tokens. */
    public static PenaltyLoss of(
            PenaltyPlacement placement,
            double[][] newLogprobs,
            double[][] logprobs,
            double[][] refLogprobs,
            ResponseMask mask) {
        return of(placement, LossMean.OVER_TOKENS, newLogprobs, logprobs, refLogprobs, mask);
    }

    /**
     * The penalty of one minibatch.
     *
     * @param placement any but RAO_BLACKWELL_IN_LOSS, which needs the vocabulary: {@link #atPosition}
     * @param newLogprobs [B][T] nats, of the policy being updated
     * @param logprobs [B][T] nats, of the policy that drew the tokens
     * @param refLogprobs [B][T] nats, of the reference
     */
    public static PenaltyLoss of(
            PenaltyPlacement placement,
            LossMean mean,
            double[][] newLogprobs,
            double[][] logprobs,
            double[][] refLogprobs,
            ResponseMask mask) {
        mask.requireShape("new_logprobs", newLogprobs);
        mask.requireShape("logprobs", logprobs);
        mask.requireShape("ref_logprobs", refLogprobs);
        double[] weights = mean.weights(mask);
        double loss = 0;
        double[][] gradient = new double[newLogprobs.length][];
        for (int b = 0; b < gradient.length; b++) {
            gradient[b] = new double[newLogprobs[b].length];
            double toGo = 0;
            for (int t = gradient[b].length - 1; t >= 0; t--) {
                if (mask.counts(b, t)) {
                    toGo += logprobs[b][t] - refLogprobs[b][t];
                    double weight = Math.exp(newLogprobs[b][t] - logprobs[b][t]);
                    Term term = term(placement, newLogprobs[b][t] - refLogprobs[b][t], weight, toGo);
                    loss += weights[b] * term.value;
                    gradient[b][t] = weights[b] * term.slope;
                }
            }
        }
        return new PenaltyLoss(loss, gradient);
    }

    private record Term(double value, double slope) {}

    private static Term term(PenaltyPlacement placement, double x, double weight, double toGo) {
        return switch (placement) {
            case K1_IN_REWARD -> new Term(weight * toGo, weight * toGo);
            case WEIGHTED_K3_IN_LOSS -> new Term(weight * KlEstimator.K3.natsAt(x), weight * x);
            case K2_IN_LOSS -> new Term(weight * KlEstimator.K2.natsAt(x), weight * x);
            case K3_IN_LOSS -> new Term(KlEstimator.K3.natsAt(x), -Math.expm1(-x));
            case K1_IN_LOSS -> new Term(x, 1);
            case RAO_BLACKWELL_IN_LOSS ->
                throw new IllegalArgumentException(
                        "RAO_BLACKWELL_IN_LOSS needs the whole vocabulary: the logprobs of the chosen tokens are not enough");
        };
    }

    /**
     * The Rao-Blackwellised term of one position: the exact KL of its two distributions.
     *
     * @param nats KL(π ‖ π_ref), ≥ 0
     * @param gradient [V], ∂nats/∂logits of the policy: π_v · (log π_v − log π_ref,v − nats); 0 where π_v is
     */
    public record Position(double nats, double[] gradient) {}

    /**
     * See {@link Position}.
     *
     * @param logprobs [V] of the policy at temperature 1
     * @param refLogprobs [V] of the reference
     */
    public static Position atPosition(double[] logprobs, double[] refLogprobs) {
        Require.sameLength("ref_logprobs", refLogprobs.length, "logprobs", logprobs.length);
        double nats = FullKl.nats(logprobs, refLogprobs);
        double[] gradient = new double[logprobs.length];
        for (int v = 0; v < logprobs.length; v++) {
            double p = Math.exp(logprobs[v]);
            gradient[v] = p > 0 ? p * (logprobs[v] - refLogprobs[v] - nats) : 0;
        }
        return new Position(nats, gradient);
    }
}
