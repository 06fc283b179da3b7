package dev.tether.run.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One row of {@code sessions.jsonl}: a process that worked on the run began, stopped, or had
 * trouble beside the training. What differs between an
 * uninterrupted run and a resumed one stands here, so that their journals are equal.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SessionEvent.Started.class, name = "start"),
    @JsonSubTypes.Type(value = SessionEvent.Stopped.class, name = "stop"),
    @JsonSubTypes.Type(value = SessionEvent.Trouble.class, name = "trouble")
})
public sealed interface SessionEvent {

    /**
     * @param time of the start
     * @param version of Tether
     * @param resumedAfterStep the step of the checkpoint it went on from; absent for a new run
     * @param checkpoint it went on from, relative to the run directory
     * @param host facts of the machine and its software, such as {@code java}, {@code os}, {@code cores}
     */
    record Started(
            Instant time,
            String version,
            Optional<Long> resumedAfterStep,
            Optional<String> checkpoint,
            Map<String, String> host)
            implements SessionEvent {}

    /**
     * @param time of the stop
     * @param afterStep the last step that was taken
     * @param reason why the process stopped
     * @param checkpoint written on the way out, relative to the run directory
     */
    record Stopped(Instant time, long afterStep, StopReason reason, Optional<String> checkpoint)
            implements SessionEvent {}

    /**
     * Something beside the training did not work; the run went on.
     *
     * @param time when it was noticed
     * @param afterStep the last step that was taken by then
     * @param with what it was
     * @param sentence what happened
     */
    record Trouble(Instant time, long afterStep, TroubleWith with, String sentence) implements SessionEvent {}

    /** What can fail beside the training. */
    enum TroubleWith {
        LISTENER,
        WEBHOOK
    }

    /** Why a process stopped working on the run. A process that was killed leaves no row at all. */
    enum StopReason {
        COMPLETED,
        INTERRUPTED,
        DIVERGED,
        FAILED
    }
}
