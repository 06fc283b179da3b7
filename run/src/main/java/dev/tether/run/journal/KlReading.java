package dev.tether.run.journal;

import dev.tether.core.kl.KlSummary;
import java.util.OptionalDouble;

/**
 * One KL figure in both units with its error, where the key above it says which KL it is. Nats.
 *
 * @param natsPerToken mean over counted tokens
 * @param natsPerSequence sum over the tokens of a response, mean over responses
 * @param seNatsPerToken standard error, clustered by response; unknown for one response
 * @param seNatsPerSequence standard error over responses; unknown for one response
 */
public record KlReading(
        OptionalDouble natsPerToken,
        OptionalDouble natsPerSequence,
        OptionalDouble seNatsPerToken,
        OptionalDouble seNatsPerSequence) {
    public KlReading {
        natsPerToken = Figures.known("nats_per_token", natsPerToken);
        natsPerSequence = Figures.known("nats_per_sequence", natsPerSequence);
        seNatsPerToken = Figures.known("se_nats_per_token", seNatsPerToken);
        seNatsPerSequence = Figures.known("se_nats_per_sequence", seNatsPerSequence);
    }

    /** The journal's form of {@code summary}; figures that are not finite are unknown. */
    public static KlReading of(KlSummary summary) {
        return new KlReading(
                Figures.whereDefined(summary.natsPerToken()),
                Figures.whereDefined(summary.natsPerSequence()),
                Figures.whereDefined(summary.seNatsPerToken()),
                Figures.whereDefined(summary.seNatsPerSequence()));
    }
}
