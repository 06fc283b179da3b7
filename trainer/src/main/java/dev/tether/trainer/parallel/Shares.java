package dev.tether.trainer.parallel;

import dev.tether.core.kl.ResponseMask;
import dev.tether.trainer.model.TokenBatch;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Which rows of a batch are whose. Every process knows the shares of all. */
public final class Shares {
    private Shares() {}

    /** The first of {@code rows} rows that are {@code rank}'s where each has rows that lie side by side. */
    static int first(int rows, int rank, int count) {
        return (int) ((long) rows * rank / count);
    }

    /**
     * The rows of {@code rank} where they are dealt out by length, so that all have about the same number of tokens; the
     * longest first. A row without a counted token is nobody's.
     */
    public static int[] dealt(TokenBatch batch, int rank, int count) {
        ResponseMask mask = batch.responseMask();
        int[] byLength = IntStream.range(0, batch.sequences())
                .filter(b -> mask.counted(b) > 0)
                .boxed()
                .sorted(Comparator.comparingInt(b -> -(batch.prompts()[b].length + mask.counted(b))))
                .mapToInt(Integer::intValue)
                .toArray();
        return IntStream.range(0, byLength.length)
                .filter(i -> i % count == rank)
                .map(i -> byLength[i])
                .toArray();
    }
}
