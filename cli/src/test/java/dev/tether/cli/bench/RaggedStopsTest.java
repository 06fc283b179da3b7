package dev.tether.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RaggedStopsTest {
    private static final int VOCABULARY = 1000;

    private static int[][] responses(int rows, int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        // low ids are drawn more often, as in text
        return IntStream.range(0, rows)
                .mapToObj(b -> random.doubles(length)
                        .mapToInt(u -> (int) (VOCABULARY * u * u * u))
                        .toArray())
                .toArray(int[][]::new);
    }

    private static double meanLength(int[][] responses, int[] stops) {
        return Arrays.stream(responses)
                .mapToInt(row -> IntStream.range(0, row.length)
                        .filter(t -> Arrays.stream(stops).anyMatch(stop -> stop == row[t]))
                        .map(t -> t + 1)
                        .findFirst()
                        .orElse(row.length))
                .average()
                .orElseThrow();
    }

    @Test
    void responsesEndHalfWayInTheMean() {
        int[][] responses = responses(32, 64, 3);
        int[] stops = RaggedStops.choose(responses, VOCABULARY, 5);
        assertThat(meanLength(responses, stops)).isBetween(0.45 * 64, 0.5 * 64);
        assertThat(meanLength(responses(256, 64, 4), stops)).isBetween(0.35 * 64, 0.65 * 64);
    }

    @Test
    void otherSeedsChooseOtherTokens() {
        int[][] responses = responses(32, 64, 3);
        assertThat(RaggedStops.choose(responses, VOCABULARY, 5))
                .isEqualTo(RaggedStops.choose(responses, VOCABULARY, 5))
                .isNotEqualTo(RaggedStops.choose(responses, VOCABULARY, 6));
    }
}
