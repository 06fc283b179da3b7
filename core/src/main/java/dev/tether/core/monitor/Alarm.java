package dev.tether.core.monitor;

import dev.tether.core.stats.Explanation;

/**
 * What a check found.
 *
 * @param card of the check
 * @param step at which
 * @param sentence for a newcomer
 * @param explanation the number that decided, and those it was made of
 */
public record Alarm(CheckCard card, long step, String sentence, Explanation explanation) {}
