package dev.tether.web.follow;

import java.util.Arrays;

/** The steps of a run as they stood at one moment; later ones do not show. */
public final class Table {
    private final long[] steps;
    private final double[][] figures;
    private final int size;

    Table(long[] steps, double[][] figures, int size) {
        this.steps = steps;
        this.figures = figures;
        this.size = size;
    }

    public int size() {
        return size;
    }

    public long step(int row) {
        return steps[row];
    }

    /** NaN where the step does not know it. */
    public double figure(Figure figure, int row) {
        return figures[figure.ordinal()][row];
    }

    /** The first row of a step not before {@code step}; {@link #size} where there is none. */
    public int firstRow(long step) {
        int at = Arrays.binarySearch(steps, 0, size, step);
        return at >= 0 ? at : -at - 1;
    }
}
