package dev.tether.trainer.preference;

/**
 * An answer to imitate.
 *
 * @param prompt what it answers; empty for a text of its own
 * @param response the answer, or the whole text
 * @param place file and line, for messages
 */
public record Demonstration(String prompt, String response, String place) {}
