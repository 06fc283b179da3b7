package dev.tether.run.ingest;

import dev.tether.run.journal.Finding;
import dev.tether.run.journal.ReferenceKl;
import java.util.List;

/**
 * What a trainer learns of a step that was taken in.
 *
 * @param step its number
 * @param klCoef β that {@code rewards} are charged with
 * @param nextKlCoef β for the step after it
 * @param referenceKl KL(policy ‖ reference) of the step, by the run's estimator, nats
 * @param rewards [B][T] score and KL penalty, 0 where the mask does not count
 * @param findings of the monitor, new with this step
 */
public record IngestAnswer(
        long step,
        double klCoef,
        double nextKlCoef,
        ReferenceKl referenceKl,
        double[][] rewards,
        List<Finding> findings) {}
