package dev.tether.run.journal;

/**
 * Something worth knowing that was found in the steps so far.
 *
 * @param step at which it was found
 * @param code stable and short, such as {@code KL_READING_REFUSED}
 * @param severity how much it matters
 * @param sentence what was found, for a newcomer
 */
public record Finding(long step, String code, Severity severity, String sentence) implements RunEvent {

    /** How much a finding matters. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    public Finding {
        Figures.law(step >= 0, "step", step, ">= 0");
        Figures.text("code", code);
        Figures.law(severity != null, "severity", "null", "given");
        Figures.text("sentence", sentence);
    }
}
