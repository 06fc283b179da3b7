package dev.tether.web.follow;

import java.util.Arrays;

/** Figures of the steps of a run, a column each; grows at its end while others read. */
final class Columns {
    private static final int FIRST_CAPACITY = 1024;

    private long[] steps = new long[FIRST_CAPACITY];
    private double[][] figures = new double[Figure.values().length][FIRST_CAPACITY];
    private int size;

    /** Steps ascend: whatever was there of this step or later ones is replaced. */
    synchronized void append(long step, double[] row) {
        if (size > 0 && step <= steps[size - 1]) {
            // others may be reading these arrays
            size = firstAtOrAfter(step);
            grow(steps.length);
        }
        if (size == steps.length) {
            grow(2 * size);
        }
        steps[size] = step;
        for (int f = 0; f < row.length; f++) {
            figures[f][size] = row[f];
        }
        size++;
    }

    private void grow(int capacity) {
        steps = Arrays.copyOf(steps, capacity);
        double[][] grown = new double[figures.length][];
        for (int f = 0; f < figures.length; f++) {
            grown[f] = Arrays.copyOf(figures[f], capacity);
        }
        figures = grown;
    }

    private int firstAtOrAfter(long step) {
        int at = Arrays.binarySearch(steps, 0, size, step);
        return at >= 0 ? at : -at - 1;
    }

    synchronized Table table() {
        return new Table(steps, figures, size);
    }
}
