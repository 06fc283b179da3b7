package dev.tether.torch.bpe;

import dev.tether.torch.bpe.BpeVocabulary.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** How often each pair of neighbouring tokens occurs, kept up to date while pairs are merged. */
final class PairCounts {
    private final List<int[]> pieces = new ArrayList<>();
    private final List<Long> pieceCounts = new ArrayList<>();
    private final Map<Merge, Long> counts = new HashMap<>();
    /** Pieces that hold, or once held, a pair. */
    private final Map<Merge, Set<Integer>> places = new HashMap<>();
    /** Holds every pair with its count of now, and outdated entries besides. */
    private final PriorityQueue<Counted> queue = new PriorityQueue<>(Comparator.comparingLong(Counted::count)
            .reversed()
            .thenComparingInt(counted -> counted.pair().left())
            .thenComparingInt(counted -> counted.pair().right()));

    private record Counted(Merge pair, long count) {}

    void addPiece(int[] ids, long count) {
        pieces.add(ids);
        pieceCounts.add(count);
        tally(pieces.size() - 1, count);
    }

    /** The most frequent pair, or null where none occurs {@code least} times. */
    Merge mostFrequent(long least) {
        while (!queue.isEmpty()) {
            Counted top = queue.peek();
            if (counts.getOrDefault(top.pair(), 0L) == top.count()) {
                return top.count() >= least ? top.pair() : null;
            }
            queue.remove();
        }
        return null;
    }

    /** Replaces the pair by one token wherever it occurs. */
    void merge(Merge pair, int token) {
        for (int piece : List.copyOf(places.get(pair))) {
            tally(piece, -pieceCounts.get(piece));
            pieces.set(piece, merged(pieces.get(piece), pair, token));
            tally(piece, pieceCounts.get(piece));
        }
        places.remove(pair);
    }

    private void tally(int piece, long count) {
        int[] ids = pieces.get(piece);
        for (int i = 0; i + 1 < ids.length; i++) {
            Merge pair = new Merge(ids[i], ids[i + 1]);
            queue.add(new Counted(pair, counts.merge(pair, count, Long::sum)));
            places.computeIfAbsent(pair, p -> new HashSet<>()).add(piece);
        }
    }

    private static int[] merged(int[] ids, Merge pair, int token) {
        int[] result = new int[ids.length];
        int length = 0;
        for (int i = 0; i < ids.length; i++) {
            boolean found = ids[i] == pair.left() && i + 1 < ids.length && ids[i + 1] == pair.right();
            result[length++] = found ? token : ids[i];
            i += found ? 1 : 0;
        }
        return Arrays.copyOf(result, length);
    }
}
