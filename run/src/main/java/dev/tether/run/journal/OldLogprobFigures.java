package dev.tether.run.journal;

/**
 * Whose logprobs a step went on with, and how far the sampler's and the trainer's were apart.
 *
 * @param source {@code sampled} or {@code recomputed}
 * @param comparedResponses of which the trainer made its own; ≥ 1
 * @param maxDisagreementNats largest |log π_sampler − log π| of a token of those, nats
 */
public record OldLogprobFigures(String source, long comparedResponses, double maxDisagreementNats) {
    public OldLogprobFigures {
        Figures.text("old_logprobs.source", source);
        Figures.law(comparedResponses >= 1, "old_logprobs.compared_responses", comparedResponses, ">= 1");
        Figures.finite("old_logprobs.max_disagreement_nats", maxDisagreementNats);
    }
}
