package dev.tether.torch.parallel;

import java.time.Duration;

/**
 * How long the other processes are waited for.
 *
 * @param answer of a process that has joined: as long as any one thing that all do together may take
 * @param start of a process that has not come yet
 */
public record PeerPatience(Duration answer, Duration start) {
    /** Processes start at different times, when machines are given out and images loaded. */
    private static final int START_FACTOR = 5;

    /** Five times as long at the start. */
    public static PeerPatience of(Duration answer) {
        return new PeerPatience(answer, answer.multipliedBy(START_FACTOR));
    }
}
