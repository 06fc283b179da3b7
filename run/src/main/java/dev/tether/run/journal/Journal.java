package dev.tether.run.journal;

import java.util.List;
import java.util.Optional;

/**
 * All events of a run.
 *
 * @param events in the order in which they happened
 * @param tornLine the unfinished last line, if there is one
 */
public record Journal(List<RunEvent> events, Optional<TornLine> tornLine) {
    public Journal {
        events = List.copyOf(events);
    }

    public Optional<RunHeader> header() {
        return all(RunHeader.class).stream().findFirst();
    }

    public List<StepRecord> steps() {
        return all(StepRecord.class);
    }

    public List<Finding> findings() {
        return all(Finding.class);
    }

    public List<HardLimitHit> hardLimitHits() {
        return all(HardLimitHit.class);
    }

    public List<ReAnchored> reAnchorings() {
        return all(ReAnchored.class);
    }

    public Optional<SelfTestResult> selfTest() {
        return all(SelfTestResult.class).stream().findFirst();
    }

    /** The belt before the first step. */
    public Optional<BeltProbed> beltProbe() {
        return all(BeltProbed.class).stream().findFirst();
    }

    public Optional<RunEnd> end() {
        return all(RunEnd.class).stream().reduce((first, last) -> last);
    }

    private <T extends RunEvent> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
