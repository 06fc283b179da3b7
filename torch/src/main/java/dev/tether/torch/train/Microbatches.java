package dev.tether.torch.train;

import dev.tether.trainer.model.Minibatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts a minibatch into pieces that go through the network at once. */
final class Microbatches {
    private Microbatches() {}

    /**
     * Rows of each piece.
     *
     * @param rows sequences of like length side by side, so that little of a piece is padding
     * @param size sequences per piece; 0 = all
     */
    static List<int[]> of(int[] rows, int size) {
        int step = size == 0 ? Math.max(1, rows.length) : size;
        List<int[]> pieces = new ArrayList<>();
        for (int first = 0; first < rows.length; first += step) {
            pieces.add(Arrays.copyOfRange(rows, first, Math.min(rows.length, first + step)));
        }
        return pieces;
    }

    /** The part of {@code rows} at {@code first}, {@code first + n}, …: of rows by length, parts of like length. */
    static int[] everyNth(int[] rows, int first, int n) {
        return IntStream.iterate(first, i -> i < rows.length, i -> i + n)
                .map(i -> rows[i])
                .toArray();
    }

    /** The minibatch of some rows, in that order. */
    static Minibatch select(Minibatch minibatch, int[] rows) {
        boolean valued = minibatch.values().length > 0;
        return new Minibatch(
                minibatch.tokens().rows(rows),
                select(minibatch.logprobs(), rows),
                select(minibatch.refLogprobs(), rows),
                select(minibatch.advantages(), rows),
                valued ? select(minibatch.values(), rows) : minibatch.values(),
                valued ? select(minibatch.returns(), rows) : minibatch.returns(),
                minibatch.valueMask().rows(rows));
    }

    private static double[][] select(double[][] values, int[] rows) {
        double[][] selected = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            selected[i] = values[rows[i]];
        }
        return selected;
    }
}
