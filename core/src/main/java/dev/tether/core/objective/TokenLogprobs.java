package dev.tether.core.objective;

import dev.tether.core.law.Require;
import dev.tether.core.vocabulary.VocabularySums;

/**
 * Log-probabilities from logits z: log p_v = z_v/τ − log Σ_w e^(z_w/τ), the greatest logit taken out first so that
 * nothing overflows. A logit of −∞ is a token that cannot be chosen: logprob −∞, probability 0. Nats.
 */
public final class TokenLogprobs {
    private TokenLogprobs() {}

    /** log Σ e^z; −∞ when every logit is −∞. */
    public static double logSumExp(double[] logits) {
        return VocabularySums.best().logSumExp(logits);
    }

    /** The log-probability of every token, [V]; {@code temperature} τ &gt; 0 divides the logits. */
    public static double[] logSoftmax(double[] logits, double temperature) {
        Require.positive("temperature", temperature);
        double[] logprobs = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            logprobs[v] = logits[v] / temperature;
        }
        double total = logSumExp(logprobs);
        Require.that(Double.isFinite(total), "log-sum-exp of the logits", total, "finite");
        for (int v = 0; v < logits.length; v++) {
            logprobs[v] -= total;
        }
        return logprobs;
    }

    /** The log-probability of one token. */
    public static double logprob(double[] logits, int token, double temperature) {
        Require.that(token >= 0 && token < logits.length, "token", token, "in 0.." + (logits.length - 1));
        return logSoftmax(logits, temperature)[token];
    }

    /** ∂ logprob(token) / ∂ logits, [V]: (1[v = token] − p_v) / τ. */
    public static double[] gradient(double[] logits, int token, double temperature) {
        Require.that(token >= 0 && token < logits.length, "token", token, "in 0.." + (logits.length - 1));
        double[] gradient = logSoftmax(logits, temperature);
        for (int v = 0; v < gradient.length; v++) {
            gradient[v] = ((v == token ? 1 : 0) - Math.exp(gradient[v])) / temperature;
        }
        return gradient;
    }
}
