package dev.tether.run.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The bytes of TensorBoard's event files: records framed as TFRecord (length, masked CRC-32C of the length, data, masked
 * CRC-32C of the data), each a protobuf {@code Event} of wall time, step and a summary of named scalars.
 */
final class EventBytes {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int MASK_DELTA = 0xa282ead8;

    private EventBytes() {}

    /** The first record of every event file. */
    static byte[] version(double wallTime) {
        Message event = new Message().fixed64(1, wallTime).bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        return framed(event.toByteArray());
    }

    /** Named scalars of one step. */
    static byte[] scalars(double wallTime, long step, Map<String, Double> values) {
        Message summary = new Message();
        values.forEach((tag, value) -> summary.bytes(
                1,
                new Message()
                        .bytes(1, tag.getBytes(StandardCharsets.UTF_8))
                        .fixed32(2, value.floatValue())
                        .toByteArray()));
        Message event = new Message().fixed64(1, wallTime).varint(2, step).bytes(5, summary.toByteArray());
        return framed(event.toByteArray());
    }

    private static byte[] framed(byte[] data) {
        byte[] length = little(Long.BYTES).putLong(data.length).array();
        return little(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
                .put(length)
                .putInt(maskedChecksum(length))
                .put(data)
                .putInt(maskedChecksum(data))
                .array();
    }

    private static int maskedChecksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A protobuf message in the making. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message varint(int field, long value) {
            key(field, VARINT);
            write(value);
            return this;
        }

        Message fixed64(int field, double value) {
            key(field, FIXED64);
            out.writeBytes(little(Double.BYTES).putDouble(value).array());
            return this;
        }

        Message fixed32(int field, float value) {
            key(field, FIXED32);
            out.writeBytes(little(Float.BYTES).putFloat(value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            key(field, LENGTH_DELIMITED);
            write(value.length);
            out.writeBytes(value);
            return this;
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }

        private void key(int field, int type) {
            write((long) field << 3 | type);
        }

        /** Seven bits at a time, lowest first. */
        private void write(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
