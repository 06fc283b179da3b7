package dev.tether.run.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tether.run.InputException;
import dev.tether.run.journal.Rows;
import dev.tether.run.journal.StepRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;

/** Read back by TensorFlow's own generated messages. */
class EventFileTest {
    @TempDir
    Path temp;

    @Test
    void tensorFlowReadsWhatIsWritten() throws IOException {
        List<StepRecord> before = List.of(Rows.full(1), Rows.full(300));
        try (EventFile events = EventFile.create(temp, before)) {
            events.append(Rows.full(100_000));
        }
        List<Event> events = read();
        assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.subList(1, 4)).extracting(Event::getStep).containsExactly(1L, 300L, 100_000L);
        Map<String, Float> values = new TreeMap<>();
        events.get(3).getSummary().getValueList().forEach(value -> values.put(value.getTag(), value.getSimpleValue()));
        StepRecord full = Rows.full(1);
        assertThat(values)
                .containsEntry(
                        "objective/scores", (float) full.score().orElseThrow().mean())
                .containsEntry("objective/kl", (float)
                        full.referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .containsEntry("tether/kl_coef", (float) full.klCoef().orElseThrow())
                .containsEntry("policy/approxkl_avg", (float)
                        full.updateKl().orElseThrow().k2())
                .containsEntry("lr", (float) full.learningRate().orElseThrow());
        assertThat(values).hasSizeGreaterThan(25);
        assertThat(events.get(3).getWallTime())
                .isEqualTo(full.timing().orElseThrow().time().toEpochMilli() / 1e3);
    }

    @Test
    void whatIsNotKnownHasNoPoint() throws IOException {
        StepRecord bare = StepRecord.builder(3).klCoef(0.5).build();
        EventFile.create(temp, List.of(bare)).close();
        Event event = read().get(1);
        assertThat(event.getSummary().getValueList())
                .singleElement()
                .satisfies(value -> assertThat(value.getTag()).isEqualTo("tether/kl_coef"));
    }

    @Test
    void aRunThatGoesOnHasEachStepOnce() throws IOException {
        EventFile.create(temp, List.of(Rows.full(1), Rows.full(2), Rows.full(3)))
                .close();
        try (EventFile events = EventFile.create(temp, List.of(Rows.full(1)))) {
            events.append(Rows.full(2));
        }
        assertThat(read().subList(1, 3)).extracting(Event::getStep).containsExactly(1L, 2L);
        assertThat(read()).hasSize(3);
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        assertThatThrownBy(() -> EventFile.create(file, List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("cannot write " + file);
    }

    /** Checks each frame's two checksums as TFRecord defines them, and parses what is in it. */
    private List<Event> read() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(temp.resolve(EventFile.NAME)))
                .order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(masked(length));
            byte[] data = new byte
                    [Math.toIntExact(ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong())];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(masked(data));
            events.add(Event.parseFrom(ByteString.copyFrom(data)));
        }
        return events;
    }

    private static int masked(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data, 0, data.length);
        long value = crc.getValue();
        return (int) (((value >>> 15 | value << 17) & 0xffffffffL) + 0xa282ead8L);
    }
}
