package dev.tether.trainer.parallel;

import java.nio.ByteBuffer;

/** Reads what a {@link PartWriter} wrote, in the same order. */
public final class PartReader {
    private final ByteBuffer bytes;

    public PartReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    public int number() {
        return bytes.getInt();
    }

    public int[] ints() {
        int[] numbers = new int[bytes.getInt()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = bytes.getInt();
        }
        return numbers;
    }

    public double[] doubles() {
        double[] numbers = new double[bytes.getInt()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = bytes.getDouble();
        }
        return numbers;
    }

    public double[][] rows() {
        double[][] rows = new double[bytes.getInt()][];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = doubles();
        }
        return rows;
    }
}
