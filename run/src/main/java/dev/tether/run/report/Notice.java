package dev.tether.run.report;

import dev.tether.core.stats.Explanation;
import dev.tether.run.chart.Numbers;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.Finding.Severity;
import dev.tether.run.journal.HardLimitHit;
import dev.tether.run.journal.Journal;
import dev.tether.run.journal.ReAnchored;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.SelfTestResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened beside the steps' figures.
 *
 * @param step at which it did; 0 = before the first
 * @param severity how much it matters
 * @param name of its kind
 * @param sentence for a newcomer
 * @param advice what to do
 * @param explanation the numbers behind it
 */
record Notice(
        long step,
        Severity severity,
        String name,
        String sentence,
        Optional<String> advice,
        Optional<Explanation> explanation) {

    private Notice(long step, Severity severity, String name, String sentence) {
        this(step, severity, name, sentence, Optional.empty(), Optional.empty());
    }

    /** All of a run, in the order in which they happened. */
    static List<Notice> of(Journal journal) {
        return journal.events().stream()
                .map(Notice::of)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Notice> of(RunEvent event) {
        if (event instanceof Finding finding) {
            return Optional.of(new Notice(
                    finding.step(),
                    finding.severity(),
                    finding.code(),
                    finding.sentence(),
                    finding.advice(),
                    finding.explanation()));
        }
        if (event instanceof HardLimitHit hit) {
            String sentence = "KL was " + Numbers.rough(hit.reading()) + " "
                    + hit.measure().label() + ", above its hard limit of " + Numbers.rough(hit.limit()) + " ("
                    + hit.action().name().toLowerCase(Locale.ROOT) + "): " + hit.detail();
            return Optional.of(new Notice(hit.step(), Severity.WARNING, "hard limit", sentence));
        }
        if (event instanceof ReAnchored anchored) {
            String sentence = "the reference was replaced ("
                    + anchored.how().name().toLowerCase(Locale.ROOT) + "), its fingerprint is now "
                    + anchored.fingerprint();
            return Optional.of(new Notice(anchored.step(), Severity.INFO, "re-anchored", sentence));
        }
        if (event instanceof SelfTestResult test && !test.passed()) {
            return Optional.of(new Notice(0, Severity.CRITICAL, "self test", test.sentence()));
        }
        return Optional.empty();
    }

    String severityWord() {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
