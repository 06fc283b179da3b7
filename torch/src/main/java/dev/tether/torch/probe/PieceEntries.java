package dev.tether.torch.probe;

import dev.tether.core.kl.ResponseMask;

/** The counted entries of some sequences of a [B][T] array, sequence by sequence and token by token. */
final class PieceEntries {
    private PieceEntries() {}

    /** The counted entries of {@code sequences}, [N]. */
    static double[] gather(double[][] from, int[] sequences, ResponseMask mask) {
        double[] entries = new double[counted(sequences, mask)];
        int next = 0;
        for (int b : sequences) {
            for (int t = 0; t < from[b].length; t++) {
                if (mask.counts(b, t)) {
                    entries[next++] = from[b][t];
                }
            }
        }
        return entries;
    }

    /** Puts {@code entries} [N] where {@link #gather} would find them. */
    static void scatter(double[] entries, double[][] into, int[] sequences, ResponseMask mask) {
        int next = 0;
        for (int b : sequences) {
            for (int t = 0; t < into[b].length; t++) {
                if (mask.counts(b, t)) {
                    into[b][t] = entries[next++];
                }
            }
        }
    }

    private static int counted(int[] sequences, ResponseMask mask) {
        int counted = 0;
        for (int b : sequences) {
            counted += mask.counted(b);
        }
        return counted;
    }
}
