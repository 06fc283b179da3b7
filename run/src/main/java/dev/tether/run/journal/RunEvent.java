package dev.tether.run.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** One row of {@code journal.jsonl}: what happened, in the order in which it happened. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RunHeader.class, name = "run"),
    @JsonSubTypes.Type(value = StepRecord.class, name = "step"),
    @JsonSubTypes.Type(value = CheckpointWritten.class, name = "checkpoint"),
    @JsonSubTypes.Type(value = Finding.class, name = "finding"),
    @JsonSubTypes.Type(value = SelfTestResult.class, name = "self_test"),
    @JsonSubTypes.Type(value = BeltProbed.class, name = "belt_probe"),
    @JsonSubTypes.Type(value = HardLimitHit.class, name = "hard_limit"),
    @JsonSubTypes.Type(value = ReAnchored.class, name = "re_anchor"),
    @JsonSubTypes.Type(value = RunEnd.class, name = "end")
})
public sealed interface RunEvent
        permits RunHeader,
                StepRecord,
                CheckpointWritten,
                Finding,
                SelfTestResult,
                BeltProbed,
                HardLimitHit,
                ReAnchored,
                RunEnd {}
