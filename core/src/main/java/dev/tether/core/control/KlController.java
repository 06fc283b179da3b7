package dev.tether.core.control;

import dev.tether.core.kl.KlSummary;
import java.util.Map;

/**
 * A rule that moves β, the price of one nat of KL. Pure: observing gives the next controller and leaves this one as it
 * was, so that a live run and a replay of its journal agree to the last digit.
 *
 * <p>No reading that is NaN, infinite or negative moves β. Nor does one that differs from the target by no more than its
 * own standard error explains; an error that is unknown (+∞) hides nothing.
 */
public sealed interface KlController permits FixedKl, ScheduledKl, Thermostat, Ziegler, PiKl, PidKl, DualAscentKl {
    /** β, reward per nat; ≥ 0. */
    double coefficient();

    /**
     * Takes in the KL(policy ‖ reference) of one step.
     *
     * @param episodes sequences of that step; ≥ 1
     */
    ControllerMove observe(KlSummary reading, long episodes);

    /** Everything that changes while the controller runs, by name; enough for {@link #withState} to go on bit for bit. */
    Map<String, Double> state();

    /**
     * This controller, with its settings, at the point where {@code state} was taken.
     *
     * @throws IllegalArgumentException when a name is missing or unknown, or a value out of bounds
     */
    KlController withState(Map<String, Double> state);
}
