package dev.tether.run.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/**
 * One row of {@code ingest.jsonl}: something that a trainer from elsewhere told, and that is now wholly in the run. What
 * stands in the journal and the samples behind the lengths of the last row was never answered for.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = IngestEvent.Opened.class, name = "open"),
    @JsonSubTypes.Type(value = IngestEvent.Taken.class, name = "step"),
    @JsonSubTypes.Type(value = IngestEvent.Ended.class, name = "end")
})
public sealed interface IngestEvent {
    /** Bytes of the journal with this. */
    long journalBytes();

    /** Bytes of the samples with this. */
    long samplesBytes();

    /**
     * A run was opened.
     *
     * @param steps it is to have
     * @param settings that were given, by path, as YAML writes their values
     */
    record Opened(long steps, Map<String, String> settings, long journalBytes, long samplesBytes)
            implements IngestEvent {
        public Opened {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * A step was taken in.
     *
     * @param step its number
     * @param digest of the posted lines: a retry has the same
     * @param klCoef β that the step was charged with
     * @param nextKlCoef β for the step after it
     * @param controller its state after the step
     * @param episodes sequences up to and with the step
     */
    record Taken(
            long step,
            String digest,
            double klCoef,
            double nextKlCoef,
            Map<String, Double> controller,
            long episodes,
            long journalBytes,
            long samplesBytes)
            implements IngestEvent {
        public Taken {
            controller = Map.copyOf(controller);
        }
    }

    /** The run came to its end. */
    record Ended(RunEnd.Outcome outcome, long journalBytes, long samplesBytes) implements IngestEvent {}
}
