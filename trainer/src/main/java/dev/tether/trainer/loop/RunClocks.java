package dev.tether.trainer.loop;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clocks of a run, so that nothing below asks the system for the time.
 *
 * @param nanos for durations
 * @param wall for the dates in journal and sessions
 */
public record RunClocks(LongSupplier nanos, InstantSource wall) {}
