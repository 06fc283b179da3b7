package dev.tether.web.follow;

import dev.tether.core.stats.Explanation;
import dev.tether.run.journal.BeltProbed;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.HardLimitHit;
import dev.tether.run.journal.ReAnchored;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.journal.SelfTestResult;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that a run said beside its figures.
 *
 * @param step at which it did
 * @param code stable and short
 * @param severity {@code info}, {@code warning} or {@code critical}
 * @param sentence for a newcomer
 * @param advice what to do
 * @param explanation the number that decided, and those it was made of
 */
public record Notice(
        long step,
        String code,
        String severity,
        String sentence,
        Optional<String> advice,
        Optional<Explanation> explanation) {

    /** Of an event, where it is one to tell. */
    static Optional<Notice> of(RunEvent event) {
        if (event instanceof Finding finding) {
            return Optional.of(new Notice(
                    finding.step(),
                    finding.code(),
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    finding.sentence(),
                    finding.advice(),
                    finding.explanation()));
        }
        if (event instanceof HardLimitHit hit) {
            return Optional.of(plain(hit.step(), "HARD_LIMIT", "warning", hit.detail()));
        }
        if (event instanceof ReAnchored anchored) {
            String how = anchored.how().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            return Optional.of(plain(anchored.step(), "RE_ANCHORED", "info", "the reference was replaced: " + how));
        }
        if (event instanceof SelfTestResult test) {
            return Optional.of(plain(0, "SELF_TEST", test.passed() ? "info" : "critical", test.sentence()));
        }
        if (event instanceof BeltProbed probed) {
            boolean attached = probed.belt().verdict().equals(Optional.of("attached"));
            return Optional.of(plain(probed.step(), "BELT_PROBED", attached ? "info" : "warning", probed.sentence()));
        }
        return Optional.empty();
    }

    private static Notice plain(long step, String code, String severity, String sentence) {
        return new Notice(step, code, severity, sentence, Optional.empty(), Optional.empty());
    }
}
