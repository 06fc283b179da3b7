package dev.tether.torch.probe;

import dev.tether.trainer.model.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts a batch into pieces of a few whole sequences, so that the memory of a pass does not grow with the batch. */
final class SequencePieces {
    private SequencePieces() {}

    /**
     * The sequences of each piece. Those of like length share one, so that little of it is padding; a sequence without a
     * counted token is in none.
     *
     * @param tokens prompt and response tokens of a piece, padding included, at most; a longer sequence is a piece
     */
    static List<int[]> of(TokenBatch batch, int tokens) {
        int[] sequences = IntStream.range(0, batch.sequences())
                .filter(b -> batch.responseMask().counted(b) > 0)
                .boxed()
                .sorted(Comparator.comparingInt(b -> -length(batch, b)))
                .mapToInt(Integer::intValue)
                .toArray();
        List<int[]> pieces = new ArrayList<>();
        int first = 0;
        while (first < sequences.length) {
            int longest = length(batch, sequences[first]);
            int count = Math.max(1, Math.min(tokens / longest, sequences.length - first));
            int[] piece = new int[count];
            System.arraycopy(sequences, first, piece, 0, count);
            pieces.add(piece);
            first += count;
        }
        return pieces;
    }

    private static int length(TokenBatch batch, int sequence) {
        return batch.prompts()[sequence].length + batch.responseMask().counted(sequence);
    }
}
