package dev.tether.run.ingest;

import dev.tether.run.journal.RunEnd;
import java.util.Optional;

/**
 * Where a run stands.
 *
 * @param run its name
 * @param step the last that was taken in; 0 = none yet
 * @param klCoef β for the step after it
 * @param outcome how it ended; empty while it goes on
 */
public record IngestState(String run, long step, double klCoef, Optional<RunEnd.Outcome> outcome) {}
