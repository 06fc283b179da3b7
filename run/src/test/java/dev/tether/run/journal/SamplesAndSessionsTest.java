package dev.tether.run.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesAndSessionsTest {
    @TempDir
    Path folder;

    @Test
    void aSampleIsWrittenLikeThisAndReadBackEqual() throws IOException {
        try (SampleWriter writer = SampleWriter.create(samples())) {
            writer.append(Rows.sample(3, 1));
        }

        assertThat(Files.readString(samples()))
                .isEqualTo(("{'step':3,'index':1,'prompt':'The hotel was','response':' great!\\n\\\"really\\\" 😀',"
                                        + "'prompt_ids':[1,20],'response_ids':[7,8,2],"
                                        + "'logprobs':[-0.10000000149011612,-2.5,-1.0E-300],"
                                        + "'ref_logprobs':[-0.3333333333333333,-2.25,-20.0],'mask':[1,1,0],'score':0.75,"
                                        + "'stop_reason':'ended','kl_nats':-0.25,'sampling_logprobs':[-0.05,-2.25,0.0],")
                                .replace('\'', '"')
                        + "\"response_tokens\":[\" great\",\"!\\n\\\"really\\\" 😀\",\"</s>\"]}\n");
        try (SampleReader reader = SampleReader.open(samples())) {
            assertThat(reader.next()).contains(Rows.sample(3, 1));
            assertThat(reader.next()).isEmpty();
            assertThat(reader.tornLine()).isEmpty();
        }
    }

    @Test
    void samplesAreCutAtTheCheckpointOnResume() throws IOException {
        long atCheckpoint;
        try (SampleWriter writer = SampleWriter.create(samples())) {
            writer.append(Rows.sample(1, 0));
            writer.sync();
            atCheckpoint = writer.length();
            writer.append(Rows.sample(2, 0));
        }
        try (SampleWriter writer = SampleWriter.openForResume(samples(), atCheckpoint)) {
            writer.append(Rows.sample(2, 1));
        }

        try (SampleReader reader = SampleReader.open(samples())) {
            assertThat(reader.next()).contains(Rows.sample(1, 0));
            assertThat(reader.next()).contains(Rows.sample(2, 1));
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void arraysOfASampleMustHaveTheLengthOfItsResponse() throws IOException {
        Files.writeString(
                samples(),
                "{\"step\":1,\"index\":0,\"prompt\":\"p\",\"response\":\"r\",\"prompt_ids\":[],\"response_ids\":[1,2],"
                        + "\"logprobs\":[-1],\"ref_logprobs\":[-1,-1],\"mask\":[1,1],\"score\":1,"
                        + "\"stop_reason\":\"ended\",\"kl_nats\":0}\n");

        try (SampleReader reader = SampleReader.open(samples())) {
            assertThatThrownBy(reader::next)
                    .isInstanceOf(InputException.class)
                    .hasMessage(samples() + ":1: length of logprobs = 1, must be 2, that of response_ids");
        }
    }

    @Test
    void sessionsKeepWhatTheJournalMustNot() throws IOException {
        var start = new SessionEvent.Started(
                Instant.EPOCH, "0.1.0", Optional.of(20L), Optional.of("checkpoints/step-000020"), Map.of("java", "17"));
        var stop = new SessionEvent.Stopped(
                Instant.EPOCH.plusSeconds(9), 23, SessionEvent.StopReason.INTERRUPTED, Optional.empty());
        Path sessions = folder.resolve("sessions.jsonl");

        SessionLog.append(sessions, start);
        Files.writeString(sessions, "{\"type\":\"st", StandardOpenOption.APPEND);
        SessionLog.append(sessions, stop);

        assertThat(SessionLog.readAll(sessions)).containsExactly(start, stop);
        assertThat(Files.readString(sessions))
                .isEqualTo(("{'type':'start','time':'1970-01-01T00:00:00Z','version':'0.1.0','resumed_after_step':20,"
                                + "'checkpoint':'checkpoints/step-000020','host':{'java':'17'}}\n"
                                + "{'type':'stop','time':'1970-01-01T00:00:09Z','after_step':23,'reason':'interrupted'}\n")
                        .replace('\'', '"'));
    }

    private Path samples() {
        return folder.resolve("samples.jsonl");
    }
}
