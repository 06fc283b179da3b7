package dev.tether.core.objective;

/**
 * Entropy of the distribution that logits z stand for: H = −Σ p log p nats, 0 ≤ H ≤ log V. A token of probability 0
 * adds nothing (0 · log 0 = 0), so a logit of −∞ does no harm.
 */
public final class Entropy {
    private Entropy() {}

    /** H of softmax(logits / temperature). */
    public static double ofLogits(double[] logits, double temperature) {
        return ofLogprobs(TokenLogprobs.logSoftmax(logits, temperature));
    }

    /** H of a distribution given as logprobs, [V], whose probabilities sum to 1. */
    public static double ofLogprobs(double[] logprobs) {
        double entropy = 0;
        for (double logprob : logprobs) {
            double p = Math.exp(logprob);
            entropy -= p > 0 ? p * logprob : 0;
        }
        // rounding may leave a one-point distribution a hair below zero
        return Math.max(0, entropy);
    }

    /** ∂H/∂logits, [V]: −p_v (log p_v + H) / τ. */
    public static double[] gradient(double[] logits, double temperature) {
        double[] gradient = TokenLogprobs.logSoftmax(logits, temperature);
        double entropy = ofLogprobs(gradient);
        for (int v = 0; v < gradient.length; v++) {
            double p = Math.exp(gradient[v]);
            gradient[v] = p > 0 ? -p * (gradient[v] + entropy) / temperature : 0;
        }
        return gradient;
    }
}
