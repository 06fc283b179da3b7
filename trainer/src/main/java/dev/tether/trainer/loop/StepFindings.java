package dev.tether.trainer.loop;

import dev.tether.core.kl.KlUnit;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.Finding.Severity;
import dev.tether.run.journal.HardLimitHit;
import dev.tether.run.journal.RunEvent;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.trainer.algorithm.PolicyUpdate;
import dev.tether.trainer.model.UpdateReport;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step has to say beside its figures: readings that no KL can be, limits that were met. What the course of the
 * figures says is the monitor's to find.
 */
record StepFindings(int step, HardLimitSettings limit) {

    List<RunEvent> of(StepFigures.Measured m) {
        List<RunEvent> events = new ArrayList<>();
        if (m.move().reason().kind().isRefusal()) {
            events.add(finding(
                    "KL_READING_REFUSED", Severity.WARNING, m.move().reason().sentence()));
        }
        limitHits(m.update()).forEach(events::add);
        return events;
    }

    /** One event per minibatch that was over the limit. */
    private List<HardLimitHit> limitHits(PolicyUpdate update) {
        List<HardLimitHit> hits = new ArrayList<>();
        for (int i = 0; i < update.reports().size(); i++) {
            UpdateReport report = update.reports().get(i);
            if (report.outcome() == UpdateReport.Outcome.HELD_BACK_OVER_LIMIT) {
                hits.add(hit(
                        report.referenceKl().natsPerToken(),
                        report.referenceKl().natsPerSequence(),
                        limit.action(),
                        "optimiser step " + (i + 1) + " was not taken"));
            }
        }
        return hits;
    }

    /** The event of a reading that is over the limit. */
    HardLimitHit hit(double perToken, double perSequence, HardLimitSettings.Action action, String detail) {
        boolean token = perToken > limit.natsPerToken().orElse(Double.POSITIVE_INFINITY);
        return token
                ? new HardLimitHit(
                        step,
                        action,
                        KlUnit.NATS_PER_TOKEN,
                        perToken,
                        limit.natsPerToken().orElseThrow(),
                        detail)
                : new HardLimitHit(
                        step,
                        action,
                        KlUnit.NATS_PER_SEQUENCE,
                        perSequence,
                        limit.natsPerSequence().orElseThrow(),
                        detail);
    }

    private Finding finding(String code, Severity severity, String sentence) {
        return Finding.of(step, code, severity, sentence);
    }
}
