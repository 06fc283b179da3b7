package dev.tether.torch.pretrain;

import java.util.Arrays;

/**
 * Token ids and which of them are to be predicted from those before them; the first never is.
 *
 * @param ids at least one
 * @param learned as long as {@code ids}, true = predicted
 */
record LearnedText(int[] ids, boolean[] learned) {
    LearnedText {
        if (ids.length == 0 || ids.length != learned.length) {
            throw new IllegalArgumentException(
                    "ids has length " + ids.length + " and learned " + learned.length + ", must be equal and not 0");
        }
    }

    /** All from {@code first} on are predicted. */
    static LearnedText from(int first, int[] ids) {
        boolean[] learned = new boolean[ids.length];
        Arrays.fill(learned, Math.min(first, ids.length), ids.length, true);
        return new LearnedText(ids, learned);
    }

    /** The tokens from {@code from} to before {@code to}. */
    LearnedText part(int from, int to) {
        return new LearnedText(Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(learned, from, to));
    }

    /** With padding behind it, which is not predicted; cut where {@code width} is less. */
    LearnedText ofWidth(int width, int padding) {
        int[] row = Arrays.copyOf(ids, width);
        Arrays.fill(row, Math.min(width, ids.length), width, padding);
        return new LearnedText(row, Arrays.copyOf(learned, width));
    }

    /** How many tokens are predicted. */
    int predicted() {
        int count = 0;
        for (int t = 1; t < learned.length; t++) {
            count += learned[t] ? 1 : 0;
        }
        return count;
    }

    int length() {
        return ids.length;
    }
}
