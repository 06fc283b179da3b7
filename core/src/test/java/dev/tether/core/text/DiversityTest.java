package dev.tether.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiversityTest {
    @Test
    void distinctNgramsCountTheDifferentOnesOfAllResponsesTogether() {
        // pairs: 12 23 31 12 | 12 24 -> 6, of which 12 23 31 24 differ
        List<int[]> responses = List.of(new int[] {1, 2, 3, 1, 2}, new int[] {1, 2, 4});

        assertThat(DistinctNgrams.share(responses, 2)).hasValue(4.0 / 6);
        assertThat(DistinctNgrams.share(responses, 1)).hasValue(4.0 / 8);
    }

    @Test
    void noNgramReachesFromOneResponseIntoTheNext() {
        assertThat(DistinctNgrams.share(List.of(new int[] {1}, new int[] {2}), 2))
                .isEmpty();
    }

    @Test
    void oneResponseSaidByAllIsOneOverTheirNumber() {
        List<int[]> same = Collections.nCopies(32, new int[] {5, 6, 7, 8});

        assertThat(DistinctNgrams.share(same, 2)).hasValue(1.0 / 32);
    }

    @Test
    void anNgramHasAtLeastOneToken() {
        assertThatThrownBy(() -> DistinctNgrams.share(List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("n = 0, must be at least 1");
    }

    @Test
    void textsThatRepeatCompressToLessThanTextsThatDoNot() {
        String phrase = "We loved every minute of it! ";
        double repeated = Compression.share(Collections.nCopies(50, phrase)).orElseThrow();
        Random random = new Random(1);
        List<String> noise = IntStream.range(0, 50)
                .mapToObj(i -> random.ints(30, 32, 127)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .toList();

        assertThat(repeated).isLessThan(0.05);
        // 95 characters carry log2(95) = 6.57 of 8 bits
        assertThat(Compression.share(noise).orElseThrow()).isBetween(0.82, 0.9);
    }

    @Test
    void withoutTextThereIsNothingToCompress() {
        assertThat(Compression.share(List.of())).isEmpty();
        assertThat(Compression.share(List.of("", ""))).isEmpty();
    }
}
