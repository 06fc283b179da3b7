package dev.tether.core.objective;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;

/**
 * The policy's loss of one minibatch in double precision: the judge of its differentiable twin.
 *
 * @param loss lower is better
 * @param gradient [B][T], ∂loss/∂newLogprobs; 0 where uncounted and where a bound bites
 * @param clipFraction share of counted tokens where a bound bites, 0..1
 * @param updateKlK1 mean over counted tokens of logprobs − newLogprobs, nats per token: k1 of KL(old ‖ new)
 * @param updateKlK2 mean of ½(newLogprobs − logprobs)²
 * @param updateKlK3 mean of e^x − 1 − x, x = newLogprobs − logprobs
 * @param ratioMean mean importance ratio of the tokens
 */
public record SurrogateLoss(
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
    public static SurrogateLoss of(
            Surrogate surrogate,
            LossMean mean,
            double[][] newLogprobs,
            double[][] logprobs,
            double[][] advantages,
            ResponseMask mask) {
        mask.requireShape("new_logprobs", newLogprobs);
        mask.requireShape("logprobs", logprobs);
        mask.requireShape("advantages", advantages);
        double[] weights = mean.weights(mask);
        Sums sums = new Sums(mask.counted());
        double[][] gradient = new double[newLogprobs.length][];
        for (int b = 0; b < gradient.length; b++) {
            gradient[b] = new double[newLogprobs[b].length];
            double ofSequence = sequenceLogRatio(surrogate.level(), newLogprobs[b], logprobs[b], mask, b);
            // one ratio for all tokens: the sequence has one loss, of which each token tells its part
            double share = surrogate.level() == RatioLevel.SEQUENCE ? 1.0 / mask.counted(b) : 1;
            for (int t = 0; t < gradient[b].length; t++) {
                if (mask.counts(b, t)) {
                    double ofToken = newLogprobs[b][t] - logprobs[b][t];
                    Surrogate.Term term = surrogate.at(
                            surrogate.level() == RatioLevel.TOKEN ? ofToken : ofSequence,
                            newLogprobs[b][t],
                            advantages[b][t]);
                    sums.add(weights[b] * share * term.loss(), term.clipped(), ofToken);
                    gradient[b][t] = weights[b] * term.slope();
                }
            }
        }
        return sums.toLoss(gradient);
    }

    /**
     * Σ or mean over counted tokens of newLogprobs − logprobs, as {@code level} has it; 0 under {@link RatioLevel#TOKEN}.
     */
    private static double sequenceLogRatio(
            RatioLevel level, double[] newLogprobs, double[] logprobs, ResponseMask mask, int b) {
        double sum = 0;
        for (int t = 0; t < newLogprobs.length; t++) {
            sum += mask.counts(b, t) ? newLogprobs[t] - logprobs[t] : 0;
        }
        return switch (level) {
            case TOKEN -> 0;
            case SEQUENCE_MEAN -> sum / Math.max(1, mask.counted(b));
            case SEQUENCE -> sum;
        };
    }

    /** Sums over counted tokens on their way to means. */
    private static final class Sums {
        private final double tokens;
        private double loss;
        private double clipped;
        private double k1;
        private double k2;
        private double k3;
        private double ratios;

        private Sums(long tokens) {
            this.tokens = tokens;
        }

        private void add(double weightedLoss, double clippedToken, double logRatio) {
            loss += weightedLoss;
            clipped += clippedToken;
            k1 += KlEstimator.K1.natsAt(-logRatio);
            k2 += KlEstimator.K2.natsAt(-logRatio);
            k3 += KlEstimator.K3.natsAt(-logRatio);
            ratios += Math.exp(logRatio);
        }

        private SurrogateLoss toLoss(double[][] gradient) {
            return new SurrogateLoss(
                    loss, gradient, clipped / tokens, k1 / tokens, k2 / tokens, k3 / tokens, ratios / tokens);
        }
    }
}
