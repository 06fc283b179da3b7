package dev.tether.core.control;

/**
 * A controller's answer to a reading.
 *
 * @param next the controller from here on
 * @param reason why its β is what it is
 */
public record ControllerMove(KlController next, MoveReason reason) {}
