package dev.tether.cli.bench;

import dev.tether.trainer.rollout.Seeds;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Token ids that end a response early, chosen so that lengths are as random as the tokens are and half of the longest in
 * the mean: what ends responses is then what always ends them, and not a device of the measurement.
 */
final class RaggedStops {
    /** No token is taken that would bring the mean length below this share. */
    private static final double LEAST = 0.45;

    private static final double WISHED = 0.5;

    private RaggedStops() {}

    /**
     * Ids in random order, until responses that ran to their full length would have been half as long with them.
     *
     * @param responses [B][T] of the policy, none ended early
     */
    static int[] choose(int[][] responses, int vocabularySize, long seed) {
        int[] order = new Seeds(seed).permutation(vocabularySize, Seeds.Purpose.PROBE, 0, 3);
        int[][] firstAt = firstPositions(responses, vocabularySize);
        int[] lengths = Arrays.stream(responses).mapToInt(row -> row.length).toArray();
        double whole = Arrays.stream(lengths).sum();
        BitSet chosen = new BitSet(vocabularySize);
        double sum = whole;
        for (int i = 0; i < order.length && sum > WISHED * whole; i++) {
            int[] shortened = shortened(lengths, firstAt[order[i]]);
            double after = Arrays.stream(shortened).sum();
            if (after >= LEAST * whole) {
                chosen.set(order[i]);
                lengths = shortened;
                sum = after;
            }
        }
        return chosen.stream().toArray();
    }

    /** For each id, where each response first holds it; null where none does. */
    private static int[][] firstPositions(int[][] responses, int vocabularySize) {
        int[][] first = new int[vocabularySize][];
        for (int b = 0; b < responses.length; b++) {
            for (int t = responses[b].length - 1; t >= 0; t--) {
                int id = responses[b][t];
                if (first[id] == null) {
                    first[id] = new int[responses.length];
                    Arrays.fill(first[id], Integer.MAX_VALUE);
                }
                first[id][b] = t;
            }
        }
        return first;
    }

    private static int[] shortened(int[] lengths, int[] firstAt) {
        int[] shorter = lengths.clone();
        for (int b = 0; firstAt != null && b < lengths.length; b++) {
            if (firstAt[b] < lengths[b]) {
                shorter[b] = firstAt[b] + 1;
            }
        }
        return shorter;
    }
}
