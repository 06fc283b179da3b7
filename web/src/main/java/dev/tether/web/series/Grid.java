package dev.tether.web.series;

/**
 * Buckets of {@code width} steps each, whose borders are multiples of the width: those of all runs, and of every later
 * moment, fit together.
 *
 * @param first number of the first bucket: it begins at step first · width
 * @param length number of buckets
 * @param width steps in a bucket
 */
public record Grid(long first, int length, long width) {
    private static final int[] NICE = {1, 2, 5};

    /** Over the steps {@code from} to {@code to}, with {@code points} buckets at most. */
    public static Grid of(long from, long to, int points) {
        long width = 1;
        for (int i = 0; buckets(from, to, width) > points; i++) {
            width = NICE[i % NICE.length] * (long) Math.pow(10, i / NICE.length);
        }
        return ofWidth(from, to, width);
    }

    /** Over the steps {@code from} to {@code to}, with buckets of that width. */
    public static Grid ofWidth(long from, long to, long width) {
        return new Grid(from / width, (int) Math.max(0, Math.min(Integer.MAX_VALUE, buckets(from, to, width))), width);
    }

    private static long buckets(long from, long to, long width) {
        return to < from ? 0 : to / width - from / width + 1;
    }

    /** The bucket that a step falls into; may lie outside. */
    public long bucket(long step) {
        return step / width - first;
    }

    public long firstStep() {
        return first * width;
    }

    public long lastStep() {
        return (first + length) * width - 1;
    }
}
