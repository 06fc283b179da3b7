package dev.tether.trainer.preference;

/**
 * Two answers to one prompt, and which of them someone preferred.
 *
 * @param chosen the preferred one
 * @param rejected the other
 */
public record PreferencePair(String prompt, String chosen, String rejected) {}
