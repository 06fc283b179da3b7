package dev.tether.torch.probe;

import static org.bytedeco.pytorch.global.torch.expm1;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.torch.engine.Scoped;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The penalties that stand in the loss, as differentiable nats per token: what a price per nat is to be multiplied with
 * and summed over counted tokens. x = newLogprobs − refLogprobs, w = exp(newLogprobs − logprobs), sg = no gradient.
 *
 * <table>
 * <caption>value and derivative with respect to newLogprobs</caption>
 * <tr><th>placement</th><th>value</th><th>derivative</th></tr>
 * <tr><td>K1_IN_LOSS</td><td>x</td><td>1</td></tr>
 * <tr><td>K2_IN_LOSS</td><td>sg(w)·x²/2</td><td>w·x</td></tr>
 * <tr><td>K3_IN_LOSS</td><td>e^(−x) − 1 + x</td><td>1 − e^(−x)</td></tr>
 * <tr><td>WEIGHTED_K3_IN_LOSS</td><td>w·(e^(−x) − 1 + x)</td><td>w·x</td></tr>
 * <tr><td>RAO_BLACKWELL_IN_LOSS</td><td>Σ_v π(v)·(log π(v) − log π_ref(v))</td><td>not of one token</td></tr>
 * </table>
 *
 * <p>On a minibatch's first step w = 1. Later it makes the expectation over the old policy's tokens one over the new
 * policy's. K1 and K3 are left without it, as the trainers that have them do.
 */
public final class PenaltyLoss {
    private PenaltyLoss() {}

    /** Whether {@code placement} is a function of the sampled tokens' logprobs alone: {@link #ofTokens}. */
    public static boolean isOfTokens(PenaltyPlacement placement) {
        return switch (placement) {
            case K1_IN_LOSS, K2_IN_LOSS, K3_IN_LOSS, WEIGHTED_K3_IN_LOSS -> true;
            case K1_IN_REWARD, RAO_BLACKWELL_IN_LOSS -> false;
        };
    }

    /**
     * Nats [n] of sampled tokens, in the caller's scope.
     *
     * @param newLogprobs [n], of the policy being trained
     * @param logprobs [n] constants, of the policy that the tokens were drawn from
     * @param refLogprobs [n] constants
     * @throws IllegalArgumentException for a placement that is not {@linkplain #isOfTokens of tokens}
     */
    public static Tensor ofTokens(PenaltyPlacement placement, Tensor newLogprobs, Tensor logprobs, Tensor refLogprobs) {
        return Scoped.handOver(() -> {
            Tensor x = newLogprobs.sub(refLogprobs);
            return switch (placement) {
                case K1_IN_LOSS -> x;
                case K2_IN_LOSS ->
                    weight(newLogprobs.detach(), logprobs).mul(x.square()).mul(new Scalar(0.5));
                case K3_IN_LOSS -> k3(x);
                case WEIGHTED_K3_IN_LOSS -> weight(newLogprobs, logprobs).mul(k3(x));
                case K1_IN_REWARD, RAO_BLACKWELL_IN_LOSS ->
                    throw new IllegalArgumentException(
                            "placement = " + placement + ", must be one in the loss that reads sampled tokens alone");
            };
        });
    }

    private static Tensor weight(Tensor newLogprobs, Tensor logprobs) {
        return newLogprobs.sub(logprobs).exp();
    }

    private static Tensor k3(Tensor x) {
        return expm1(x.neg()).add(x);
    }

    /**
     * KL(π ‖ π_ref) [n] of whole distributions, in the caller's scope. It does not depend on the token that was drawn,
     * whose weight w has mean 1, so unlike the others it is not weighted.
     *
     * @param newLogprobs [n][V], of the policy being trained
     * @param refLogprobs [n][V] constants
     */
    public static Tensor ofDistributions(Tensor newLogprobs, Tensor refLogprobs) {
        return Scoped.handOver(
                () -> newLogprobs.exp().mul(newLogprobs.sub(refLogprobs)).sum(-1));
    }
}
