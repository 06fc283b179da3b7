package dev.tether.trainer.rollout;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Seconds spent per phase of a step. The clock comes in: nothing else in the trainer asks for the time. */
public final class Stopwatch {
    /** What a step spends time on. */
    public enum Phase {
        GENERATION,
        EVALUATION,
        REFERENCE,
        REWARD,
        UPDATE
    }

    private final LongSupplier nanoClock;
    private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
    private final long start;

    public Stopwatch(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.start = nanoClock.getAsLong();
    }

    /** Runs {@code work} and books its time on {@code phase}. */
    public <T> T time(Phase phase, Supplier<T> work) {
        long begin = nanoClock.getAsLong();
        try {
            return work.get();
        } finally {
            nanos.merge(phase, nanoClock.getAsLong() - begin, Long::sum);
        }
    }

    /** Seconds booked on a phase. */
    public double seconds(Phase phase) {
        return nanos.getOrDefault(phase, 0L) / 1e9;
    }

    /** Seconds booked on each phase so far. */
    public Map<Phase, Double> seconds() {
        Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
        for (Phase phase : Phase.values()) {
            seconds.put(phase, seconds(phase));
        }
        return seconds;
    }

    /** Seconds since this stopwatch was made. */
    public double elapsedSeconds() {
        return (nanoClock.getAsLong() - start) / 1e9;
    }
}
