package dev.tether.core.kl;

import dev.tether.core.stats.CountedEntries;
import java.util.Arrays;

/**
 * Says which positions of a [B][T] array count: <b>true = counts</b>. Rows may differ in length (ragged); at least one
 * position of the whole mask is true. Immutable.
 */
public final class ResponseMask implements CountedEntries {
    private final boolean[][] counts;
    private final int[] countedPerSequence;
    private final long counted;

    private ResponseMask(boolean[][] counts) {
        this.counts = counts;
        this.countedPerSequence = new int[counts.length];
        long total = 0;
        for (int b = 0; b < counts.length; b++) {
            for (boolean c : counts[b]) {
                countedPerSequence[b] += c ? 1 : 0;
            }
            total += countedPerSequence[b];
        }
        if (total == 0) {
            throw new IllegalArgumentException("the response mask counts no token: at least one must be true");
        }
        this.counted = total;
    }

    /** A mask from [B][T] booleans, true = counts; the array is copied. */
    public static ResponseMask of(boolean[][] counts) {
        boolean[][] copy = new boolean[counts.length][];
        for (int b = 0; b < counts.length; b++) {
            copy[b] = counts[b].clone();
        }
        return new ResponseMask(copy);
    }

    /** Every one of B × T positions counts. */
    public static ResponseMask all(int sequences, int width) {
        boolean[][] counts = new boolean[sequences][width];
        for (boolean[] row : counts) {
            Arrays.fill(row, true);
        }
        return new ResponseMask(counts);
    }

    /** The first {@code lengths[b]} of {@code width} positions count in row b. */
    public static ResponseMask ofLengths(int[] lengths, int width) {
        boolean[][] counts = new boolean[lengths.length][width];
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] < 0 || lengths[b] > width) {
                throw new IllegalArgumentException(
                        "lengths[" + b + "] = " + lengths[b] + ", must be in 0.." + width + " (the mask's width)");
            }
            Arrays.fill(counts[b], 0, lengths[b], true);
        }
        return new ResponseMask(counts);
    }

    /** True when token t of sequence b counts. */
    @Override
    public boolean counts(int sequence, int token) {
        return counts[sequence][token];
    }

    /** B, the number of sequences, those without a counted token included. */
    @Override
    public int sequences() {
        return counts.length;
    }

    /** The width of row b. */
    @Override
    public int width(int sequence) {
        return counts[sequence].length;
    }

    /** Counted tokens of all sequences. */
    @Override
    public long counted() {
        return counted;
    }

    /** Counted tokens of sequence b. */
    public int counted(int sequence) {
        return countedPerSequence[sequence];
    }

    /** Sequences with at least one counted token. */
    public long sequencesCounted() {
        return Arrays.stream(countedPerSequence).filter(n -> n > 0).count();
    }

    /** This mask and one position more per sequence, the one after its last counted token, where the width allows. */
    public ResponseMask withPositionAfterLast() {
        boolean[][] wider = new boolean[counts.length][];
        for (int b = 0; b < counts.length; b++) {
            wider[b] = counts[b].clone();
            int after = lastCounted(b) + 1;
            if (after < wider[b].length) {
                wider[b][after] = true;
            }
        }
        return new ResponseMask(wider);
    }

    /** Index of the last counted token of sequence b, or -1 where none counts. */
    public int lastCounted(int sequence) {
        for (int t = counts[sequence].length - 1; t >= 0; t--) {
            if (counts[sequence][t]) {
                return t;
            }
        }
        return -1;
    }

    /** The rows of {@code sequences}, in that order: the mask of a minibatch. */
    public ResponseMask rows(int... sequences) {
        boolean[][] picked = new boolean[sequences.length][];
        for (int i = 0; i < sequences.length; i++) {
            picked[i] = counts[sequences[i]];
        }
        return new ResponseMask(picked);
    }

    /** Refuses an array whose rows do not have this mask's widths. */
    @Override
    public void requireShape(String name, double[][] values) {
        if (values.length != counts.length) {
            throw new IllegalArgumentException(
                    name + " has " + values.length + " sequences, the response mask has " + counts.length);
        }
        for (int b = 0; b < counts.length; b++) {
            if (values[b].length != counts[b].length) {
                throw new IllegalArgumentException(name + "[" + b + "] has " + values[b].length
                        + " tokens, the response mask has " + counts[b].length);
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResponseMask mask && Arrays.deepEquals(counts, mask.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    @Override
    public String toString() {
        return "ResponseMask[" + counts.length + " sequences, " + counted + " counted tokens]";
    }
}
