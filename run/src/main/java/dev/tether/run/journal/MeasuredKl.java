package dev.tether.run.journal;

import dev.tether.core.kl.KlMeasure;
import dev.tether.core.kl.KlSummary;
import java.util.OptionalDouble;

/**
 * A KL figure in both units with its error and its estimator, where the key above it says between whom. Nats.
 *
 * @param natsPerToken mean over counted tokens
 * @param natsPerSequence sum over the tokens of a response, mean over responses
 * @param seNatsPerToken standard error, clustered by response
 * @param seNatsPerSequence standard error over responses
 * @param estimator of all of them
 */
public record MeasuredKl(
        OptionalDouble natsPerToken,
        OptionalDouble natsPerSequence,
        OptionalDouble seNatsPerToken,
        OptionalDouble seNatsPerSequence,
        KlMeasure estimator) {
    public MeasuredKl {
        natsPerToken = Figures.known("nats_per_token", natsPerToken);
        natsPerSequence = Figures.known("nats_per_sequence", natsPerSequence);
        seNatsPerToken = Figures.known("se_nats_per_token", seNatsPerToken);
        seNatsPerSequence = Figures.known("se_nats_per_sequence", seNatsPerSequence);
        Figures.law(estimator != null, "estimator", "null", "given");
    }

    /** The journal's form of {@code summary}; figures that are not finite are unknown. */
    public static MeasuredKl of(KlSummary summary) {
        return new MeasuredKl(
                Figures.whereDefined(summary.natsPerToken()),
                Figures.whereDefined(summary.natsPerSequence()),
                Figures.whereDefined(summary.seNatsPerToken()),
                Figures.whereDefined(summary.seNatsPerSequence()),
                summary.type().measure());
    }
}
