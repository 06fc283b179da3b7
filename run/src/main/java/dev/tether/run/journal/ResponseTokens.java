package dev.tether.run.journal;

/**
 * Lengths of the responses, the stop token included.
 *
 * @param mean tokens per response
 * @param max tokens of the longest response
 */
public record ResponseTokens(double mean, double max) {
    public ResponseTokens {
        Figures.finite("response_tokens.mean", mean);
        Figures.finite("response_tokens.max", max);
    }
}
