package dev.tether.cli.hub;

import java.time.Duration;

/**
 * How long a hub is waited for.
 *
 * @param silence how long nothing may come
 * @param attempts in a row that bring nothing; ≥ 1
 * @param pause before the second attempt; doubled before each further one
 * @param longestPause that a busy hub may ask for
 */
record HubPatience(Duration silence, int attempts, Duration pause, Duration longestPause) {
    static HubPatience usual() {
        return new HubPatience(Duration.ofSeconds(60), 5, Duration.ofSeconds(1), Duration.ofMinutes(5));
    }
}
