package dev.tether.trainer.parallel;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Numbers as bytes, big-endian, each array with its length before it; {@link PartReader} reads them. */
public final class PartWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    public PartWriter add(int number) {
        return write(() -> out.writeInt(number));
    }

    public PartWriter add(int[] numbers) {
        return write(() -> {
            out.writeInt(numbers.length);
            for (int number : numbers) {
                out.writeInt(number);
            }
        });
    }

    public PartWriter add(double[] numbers) {
        return write(() -> {
            out.writeInt(numbers.length);
            for (double number : numbers) {
                out.writeDouble(number);
            }
        });
    }

    public PartWriter add(double[][] rows) {
        add(rows.length);
        for (double[] row : rows) {
            add(row);
        }
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    private PartWriter write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException("memory was refused", e);
        }
        return this;
    }
}
