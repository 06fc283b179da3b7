package dev.tether.run.journal;

import dev.tether.core.kl.KlSummary;
import java.util.OptionalDouble;

/**
 * KL by the full vocabulary at each sampled prefix (Rao-Blackwellised). Nats; policy ‖ reference unless it says reverse.
 *
 * @param natsPerToken mean over counted tokens
 * @param natsPerSequence sum over the tokens of a response, mean over responses
 * @param seNatsPerToken standard error, clustered by response
 * @param seNatsPerSequence standard error over responses
 * @param reverseNatsPerToken reference ‖ policy, mean over the same positions
 * @param maxNatsPerToken largest position, policy ‖ reference
 */
public record ExactKl(
        OptionalDouble natsPerToken,
        OptionalDouble natsPerSequence,
        OptionalDouble seNatsPerToken,
        OptionalDouble seNatsPerSequence,
        OptionalDouble reverseNatsPerToken,
        OptionalDouble maxNatsPerToken) {
    public ExactKl {
        natsPerToken = Figures.known("exact_kl.nats_per_token", natsPerToken);
        natsPerSequence = Figures.known("exact_kl.nats_per_sequence", natsPerSequence);
        seNatsPerToken = Figures.known("exact_kl.se_nats_per_token", seNatsPerToken);
        seNatsPerSequence = Figures.known("exact_kl.se_nats_per_sequence", seNatsPerSequence);
        reverseNatsPerToken = Figures.known("exact_kl.reverse_nats_per_token", reverseNatsPerToken);
        maxNatsPerToken = Figures.known("exact_kl.max_nats_per_token", maxNatsPerToken);
    }

    /**
     * The journal's form of {@code policyFirst}; figures that are not finite are unknown.
     *
     * @param policyFirst KL(policy ‖ reference)
     * @param reverseNatsPerToken KL(reference ‖ policy) at the same prefixes
     */
    public static ExactKl of(KlSummary policyFirst, double reverseNatsPerToken) {
        return new ExactKl(
                Figures.whereDefined(policyFirst.natsPerToken()),
                Figures.whereDefined(policyFirst.natsPerSequence()),
                Figures.whereDefined(policyFirst.seNatsPerToken()),
                Figures.whereDefined(policyFirst.seNatsPerSequence()),
                Figures.whereDefined(reverseNatsPerToken),
                Figures.whereDefined(policyFirst.maxNatsPerToken()));
    }
}
