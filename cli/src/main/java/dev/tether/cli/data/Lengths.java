package dev.tether.cli.data;

import java.util.Arrays;

/** Lengths of prompts in the order of their file, in tokens or characters. */
record Lengths(int[] values) {
    /** Needs at least one. */
    Lengths {
        if (values.length == 0) {
            throw new IllegalArgumentException("there are no lengths: at least one is needed");
        }
    }

    /** The smallest length that at least {@code share} of the prompts do not exceed (nearest rank); 0 gives the shortest. */
    int quantile(double share) {
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    double mean() {
        return (double) total() / values.length;
    }

    long total() {
        return Arrays.stream(values).asLongStream().sum();
    }

    /**
     * Share of padding where each batch of {@code batchSize} is filled up to its longest, 0 to 1; the last batch may be smaller.
     *
     * @param order indices of the prompts as they are drawn
     */
    double padding(int[] order, int batchSize) {
        long cells = 0;
        for (int first = 0; first < order.length; first += batchSize) {
            int end = Math.min(order.length, first + batchSize);
            int longest = 0;
            for (int i = first; i < end; i++) {
                longest = Math.max(longest, values[order[i]]);
            }
            cells += (long) longest * (end - first);
        }
        return cells == 0 ? 0 : 1 - (double) total() / cells;
    }

    /** {@link #padding} where prompts of like length share a batch: the least there can be. */
    double leastPadding(int batchSize) {
        int[] order = new int[values.length];
        Arrays.setAll(order, i -> i);
        int[] sorted = Arrays.stream(order)
                .boxed()
                .sorted((a, b) -> Integer.compare(values[b], values[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        return padding(sorted, batchSize);
    }
}
