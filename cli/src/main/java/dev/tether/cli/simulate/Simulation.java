package dev.tether.cli.simulate;

import dev.tether.core.control.KlController;
import dev.tether.core.control.KlTarget;
import dev.tether.core.simulate.Replay;
import dev.tether.core.simulate.ResponseFit;
import dev.tether.core.simulate.StepResponse;
import dev.tether.core.simulate.Trajectory;
import java.util.List;

/**
 * A log, the response that was fitted to it, and what each law made of that response.
 *
 * @param log that was read
 * @param target to hold
 * @param fit of the log
 * @param readingError standard error of a simulated reading, as a share of it
 * @param replay the simulated run
 * @param laws one result per law
 */
record Simulation(
        RecordedKl log, KlTarget target, ResponseFit fit, ReadingError readingError, Replay replay, List<Law> laws) {
    /**
     * The error of simulated readings.
     *
     * @param share of the reading
     * @param source where it is from, for sentences
     */
    record ReadingError(double share, String source) {}

    /**
     * One law.
     *
     * @param name as settings call it
     * @param controller before its first reading
     * @param run KL and β by step
     * @param response how well it held
     */
    record Law(String name, KlController controller, Trajectory run, StepResponse response) {}

    Simulation {
        laws = List.copyOf(laws);
    }
}
