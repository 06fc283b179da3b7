package dev.tether.torch.train;

import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts a minibatch into pieces that go through the network at once. */
final class Microbatches {
    private Microbatches() {}

    /**
     * Rows of each piece. Sequences of like length share a piece, so that little of it is padding; a sequence without a
     * counted token is in none.
     *
     * @param size sequences per piece; 0 = all
     */
    static List<int[]> of(TokenBatch tokens, int size) {
        List<Integer> rows = IntStream.range(0, tokens.sequences())
                .filter(b -> tokens.responseMask().counted(b) > 0)
                .boxed()
                .sorted(Comparator.comparingInt(b -> -length(tokens, b)))
                .toList();
        int step = size == 0 ? rows.size() : size;
        List<int[]> pieces = new ArrayList<>();
        for (int first = 0; first < rows.size(); first += step) {
            List<Integer> piece = rows.subList(first, Math.min(rows.size(), first + step));
            pieces.add(piece.stream().mapToInt(Integer::intValue).toArray());
        }
        return pieces;
    }

    /** The part of {@code rows} at {@code first}, {@code first + n}, …: of rows by length, parts of like length. */
    static int[] everyNth(int[] rows, int first, int n) {
        return IntStream.iterate(first, i -> i < rows.length, i -> i + n)
                .map(i -> rows[i])
                .toArray();
    }

    private static int length(TokenBatch tokens, int sequence) {
        return tokens.prompts()[sequence].length + tokens.responseMask().counted(sequence);
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
