package dev.tether.core.monitor;

import java.util.List;

/**
 * What a check says of itself; docs/checks.md repeats it word for word.
 *
 * @param code stable and short
 * @param severity of what it finds
 * @param looksAt the figures it needs
 * @param law when it speaks, one sentence
 * @param falseAlarms how often chance alone makes it speak, one sentence
 * @param advice what to do, one sentence
 */
public record CheckCard(
        String code, Severity severity, List<Figure> looksAt, String law, String falseAlarms, String advice) {
    /** How much a finding matters. */
    public enum Severity {
        /** Good to know. */
        INFO,
        /** The run may not do what was wanted. */
        WARNING,
        /** The run, or what is measured of it, is wrong. */
        CRITICAL
    }

    public CheckCard {
        looksAt = List.copyOf(looksAt);
    }
}
