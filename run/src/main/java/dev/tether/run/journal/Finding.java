package dev.tether.run.journal;

import dev.tether.core.stats.Explanation;
import java.util.Optional;

/**
 * Something worth knowing that was found in the steps so far.
 *
 * @param step at which it was found
 * @param code stable and short, such as {@code KL_READING_REFUSED}
 * @param severity how much it matters
 * @param sentence what was found, for a newcomer
 * @param advice what to do
 * @param explanation the number that decided, and those it was made of
 */
public record Finding(
        long step,
        String code,
        Severity severity,
        String sentence,
        Optional<String> advice,
        Optional<Explanation> explanation)
        implements RunEvent {

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
        advice = advice == null ? Optional.empty() : advice;
        explanation = explanation == null ? Optional.empty() : explanation;
    }

    /** Whose sentence says it all. */
    public static Finding of(long step, String code, Severity severity, String sentence) {
        return new Finding(step, code, severity, sentence, Optional.empty(), Optional.empty());
    }
}
