package dev.tether.run.journal;

import dev.tether.core.kl.KlMeasure;
import dev.tether.core.kl.KlSummary;
import java.util.OptionalDouble;

/**
 * KL(policy ‖ reference) of one step, from the policy's own samples: the reading that the controller steers by. Nats.
 *
 * @param natsPerToken mean over counted tokens
 * @param natsPerSequence sum over the tokens of a response, mean over responses
 * @param seNatsPerToken standard error, clustered by response; unknown for one response
 * @param seNatsPerSequence standard error over responses; unknown for one response
 * @param maxNatsPerToken largest single token
 * @param estimator of all of them
 */
public record ReferenceKl(
        OptionalDouble natsPerToken,
        OptionalDouble natsPerSequence,
        OptionalDouble seNatsPerToken,
        OptionalDouble seNatsPerSequence,
        OptionalDouble maxNatsPerToken,
        KlMeasure estimator) {
    public ReferenceKl {
        natsPerToken = Figures.known("reference_kl.nats_per_token", natsPerToken);
        natsPerSequence = Figures.known("reference_kl.nats_per_sequence", natsPerSequence);
        seNatsPerToken = Figures.known("reference_kl.se_nats_per_token", seNatsPerToken);
        seNatsPerSequence = Figures.known("reference_kl.se_nats_per_sequence", seNatsPerSequence);
        maxNatsPerToken = Figures.known("reference_kl.max_nats_per_token", maxNatsPerToken);
        Figures.law(estimator != null, "reference_kl.estimator", "null", "given");
    }

    /** The journal's form of {@code summary}; figures that are not finite are unknown. */
    public static ReferenceKl of(KlSummary summary) {
        return new ReferenceKl(
                Figures.whereDefined(summary.natsPerToken()),
                Figures.whereDefined(summary.natsPerSequence()),
                Figures.whereDefined(summary.seNatsPerToken()),
                Figures.whereDefined(summary.seNatsPerSequence()),
                Figures.whereDefined(summary.maxNatsPerToken()),
                summary.type().measure());
    }
}
