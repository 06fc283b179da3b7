package dev.tether.cli.webhook;

import java.time.Duration;

/**
 * How long a webhook is waited for.
 *
 * @param answer at most for one answer, its body included
 * @param attempts to deliver one finding; ≥ 1
 * @param pause before the second attempt; doubled before each further one
 * @param end at most for what is left when the run is over
 */
record Patience(Duration answer, int attempts, Duration pause, Duration end) {
    static Patience usual() {
        return new Patience(Duration.ofSeconds(10), 4, Duration.ofSeconds(1), Duration.ofSeconds(5));
    }
}
