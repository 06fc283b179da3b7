package dev.tether.trainer.rollout;

import dev.tether.trainer.model.Evaluation;
import java.util.stream.IntStream;

/**
 * What the policy says of the responses that it gave, before the update.
 *
 * @param evaluation by which the step goes on
 * @param source whose logprobs and entropies those are
 * @param comparedRows rows of the batch that the trainer read itself, ascending: all where it recomputed
 * @param trainerLogprobs [comparedRows][T] nats, what the trainer's own pass said of them
 */
public record PolicyReading(Evaluation evaluation, Source source, int[] comparedRows, double[][] trainerLogprobs) {
    /** Who said it. */
    public enum Source {
        /** The sampler, when it chose. */
        SAMPLED,
        /** The trainer, in a pass of its own over all responses. */
        RECOMPUTED
    }

    /** The trainer's own pass over all responses. */
    public static PolicyReading recomputed(Evaluation evaluation) {
        int rows = evaluation.logprobs().length;
        return new PolicyReading(
                evaluation, Source.RECOMPUTED, IntStream.range(0, rows).toArray(), evaluation.logprobs());
    }
}
