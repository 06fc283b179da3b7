package dev.tether.cli.hub;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says how a download gets on: a line when a file is there, and one every few seconds while it is not. */
final class HubProgress {
    private static final long EVERY_NANOS = 5_000_000_000L;
    private static final double MEGA = 1e6;
    private static final double NANOS = 1e9;

    private final Consumer<String> lines;
    private final LongSupplier clock;
    private HubFile file;
    private long first;
    private long begun;
    private long told;

    /** @param clock nanoseconds since any moment */
    HubProgress(Consumer<String> lines, LongSupplier clock) {
        this.lines = lines;
        this.clock = clock;
    }

    synchronized void begin(HubFile next, long have) {
        file = next;
        first = have;
        begun = clock.getAsLong();
        told = begun;
    }

    synchronized void at(long bytes) {
        if (clock.getAsLong() - told >= EVERY_NANOS) {
            told = clock.getAsLong();
            tell(bytes);
        }
    }

    synchronized void end(long bytes) {
        tell(bytes);
    }

    private void tell(long bytes) {
        double seconds = Math.max((clock.getAsLong() - begun) / NANOS, 1e-3);
        boolean isDone = bytes == file.size() || file.size() < 0;
        lines.accept(String.format(
                Locale.ROOT,
                "  %s: %s%.1f MB, %.1f MB/s%s",
                file.name(),
                isDone ? "" : String.format(Locale.ROOT, "%.1f of ", bytes / MEGA),
                (isDone ? bytes : file.size()) / MEGA,
                (bytes - first) / MEGA / seconds,
                first > 0 ? String.format(Locale.ROOT, " (%.1f MB were there)", first / MEGA) : ""));
    }
}
