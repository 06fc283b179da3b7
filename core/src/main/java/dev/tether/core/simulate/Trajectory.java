package dev.tether.core.simulate;

import dev.tether.core.law.Require;

/**
 * A run as steps: what KL truly was, what was read, and the β in force.
 *
 * @param nats true KL by step; equal to the readings where the truth is not known
 * @param readings measured KL by step
 * @param klCoefs β in force at that step
 */
public record Trajectory(double[] nats, double[] readings, double[] klCoefs) {
    public Trajectory {
        Require.sameLength("readings", readings.length, "nats", nats.length);
        Require.sameLength("kl_coefs", klCoefs.length, "nats", nats.length);
        Require.atLeast("steps", nats.length, 3);
    }

    /** Steps of the run. */
    public int steps() {
        return nats.length;
    }
}
