package dev.tether.core.objective;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;

/**
 * PPO's clipped surrogate in double precision (Schulman et al. 2017, equation 7, with the sign of a loss): the mean over
 * counted tokens of max(−A·ratio, −A·clip(ratio, 1 ± ε)), ratio = e^(newLogprobs − logprobs). The judge of its
 * differentiable twin.
 *
 * @param loss the mean; lower is better
 * @param gradient [B][T], ∂loss/∂newLogprobs; 0 where uncounted and where the clip bites
 * @param clipFraction share of counted tokens where the clip bites, 0..1
 * @param updateKlK1 mean of logprobs − newLogprobs, nats per token: k1 of KL(old ‖ new)
 * @param updateKlK2 mean of ½(newLogprobs − logprobs)²
 * @param updateKlK3 mean of e^x − 1 − x, x = newLogprobs − logprobs
 * @param ratioMean mean importance ratio
 */
public record PpoPolicyLoss(
        double loss,
        double[][] gradient,
        double clipFraction,
        double updateKlK1,
        double updateKlK2,
        double updateKlK3,
        double ratioMean) {

    /**
     * The loss of one minibatch.
     *
     * @param newLogprobs [B][T] nats, of the policy being updated
     * @param logprobs [B][T] nats, of the policy before the update
     * @param advantages [B][T]
     */
    public static PpoPolicyLoss of(
            double[][] newLogprobs, double[][] logprobs, double[][] advantages, ResponseMask mask, PpoClip clip) {
        mask.requireShape("new_logprobs", newLogprobs);
        mask.requireShape("logprobs", logprobs);
        mask.requireShape("advantages", advantages);
        Sums sums = new Sums(mask.counted(), clip.clipRange());
        double[][] gradient = new double[newLogprobs.length][];
        for (int b = 0; b < gradient.length; b++) {
            gradient[b] = new double[newLogprobs[b].length];
            for (int t = 0; t < gradient[b].length; t++) {
                if (mask.counts(b, t)) {
                    gradient[b][t] = sums.add(newLogprobs[b][t] - logprobs[b][t], advantages[b][t]);
                }
            }
        }
        return sums.toLoss(gradient);
    }

    /** Sums over counted tokens on their way to means. */
    private static final class Sums {
        private final double tokens;
        private final double clipRange;
        private double loss;
        private double clipped;
        private double k1;
        private double k2;
        private double k3;
        private double ratios;

        private Sums(long tokens, double clipRange) {
            this.tokens = tokens;
            this.clipRange = clipRange;
        }

        /** Takes one token in and gives back its gradient. */
        private double add(double logRatio, double advantage) {
            double ratio = Math.exp(logRatio);
            double free = -advantage * ratio;
            double bounded = -advantage * Math.max(1 - clipRange, Math.min(1 + clipRange, ratio));
            loss += Math.max(free, bounded);
            clipped += bounded > free ? 1 : 0;
            k1 += KlEstimator.K1.natsAt(-logRatio);
            k2 += KlEstimator.K2.natsAt(-logRatio);
            k3 += KlEstimator.K3.natsAt(-logRatio);
            ratios += ratio;
            return bounded > free ? 0 : free / tokens;
        }

        private PpoPolicyLoss toLoss(double[][] gradient) {
            return new PpoPolicyLoss(
                    loss / tokens, gradient, clipped / tokens, k1 / tokens, k2 / tokens, k3 / tokens, ratios / tokens);
        }
    }
}
