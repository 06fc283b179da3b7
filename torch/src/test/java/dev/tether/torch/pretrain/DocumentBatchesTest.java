package dev.tether.torch.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DocumentBatchesTest {
    private static final int PAD = 0;
    private static final int ROWS = 6;

    /** Documents of 25 to 60 tokens, each token the number of its document. */
    private final List<int[]> documents = IntStream.rangeClosed(1, 480)
            .mapToObj(n -> IntStream.generate(() -> n).limit(25 + n * 7 % 36).toArray())
            .toList();

    @Test
    void anEpochHoldsEveryDocumentOnceAndWhole() {
        DocumentBatches batches = batches(1);
        Map<Integer, Integer> tokens = new HashMap<>();
        for (int i = 0; i < documents.size() / ROWS; i++) {
            for (int[] row : ids(batches.next())) {
                IntStream.of(row).filter(id -> id != PAD).forEach(id -> tokens.merge(id, 1, Integer::sum));
            }
        }
        assertThat(tokens).hasSize(480);
        tokens.forEach((n, count) -> assertThat(count).isEqualTo(documents.get(n - 1).length));
    }

    @Test
    void rowsAreOneDocumentEachWithLittlePaddingBehind() {
        DocumentBatches batches = batches(2);
        int padding = 0;
        int all = 0;
        for (int i = 0; i < 200; i++) {
            List<int[]> batch = ids(batches.next());
            assertThat(batch).hasSize(ROWS);
            for (int[] row : batch) {
                int[] document = documents.get(row[0] - 1);
                assertThat(row).hasSameSizeAs(batch.get(0)).startsWith(document);
                padding += row.length - document.length;
                all += row.length;
            }
        }
        assertThat((double) padding / all).isLessThan(0.1);
    }

    @Test
    void longAndShortDocumentsComeInNoOrder() {
        DocumentBatches batches = batches(3);
        double[] lengths = IntStream.range(0, 800)
                .mapToDouble(i -> batches.next().get(0).length())
                .toArray();
        double mean =
                IntStream.range(0, 800).mapToDouble(i -> lengths[i]).average().orElseThrow();
        double covariance = IntStream.range(1, 800)
                .mapToDouble(i -> (lengths[i] - mean) * (lengths[i - 1] - mean))
                .average()
                .orElseThrow();
        double variance = IntStream.range(0, 800)
                .mapToDouble(i -> (lengths[i] - mean) * (lengths[i] - mean))
                .average()
                .orElseThrow();
        // eight batches without replacement: -1/7 of the pairs inside a window
        assertThat(covariance / variance).isCloseTo(-0.125, within(0.1));
    }

    @Test
    void cutPartsShareOneToken() {
        List<int[]> parts = ids(DocumentBatches.cut(
                List.of(LearnedText.from(1, IntStream.rangeClosed(1, 20).toArray())), 8));
        assertThat(parts).hasSize(3);
        assertThat(parts.get(0)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(parts.get(1)).containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
        assertThat(parts.get(2)).containsExactly(15, 16, 17, 18, 19, 20);
        assertThat(DocumentBatches.cut(List.of(LearnedText.from(1, new int[8])), 8))
                .hasSize(1);
    }

    @Test
    void sameSeedGivesTheSameBatches() {
        DocumentBatches a = batches(4);
        DocumentBatches b = batches(4);
        for (int i = 0; i < 100; i++) {
            assertThat(ids(a.next()).toArray(int[][]::new))
                    .isDeepEqualTo(ids(b.next()).toArray(int[][]::new));
        }
    }

    @Test
    void paddingIsNotPredictedAndPartsOfWhichNothingIsAreLeftOut() {
        LearnedText answered = LearnedText.from(9, IntStream.rangeClosed(1, 12).toArray());
        List<LearnedText> parts = DocumentBatches.cut(List.of(answered), 8);
        assertThat(parts).hasSize(1);
        assertThat(parts.get(0).ids()).containsExactly(8, 9, 10, 11, 12);
        assertThat(parts.get(0).learned()).containsExactly(false, false, true, true, true);
        assertThat(parts.get(0).ofWidth(7, PAD).predicted()).isEqualTo(3);
        assertThat(parts.get(0).ofWidth(4, PAD).predicted()).isEqualTo(2);
    }

    private static List<int[]> ids(List<LearnedText> texts) {
        return texts.stream().map(LearnedText::ids).toList();
    }

    private DocumentBatches batches(long seed) {
        List<LearnedText> texts =
                documents.stream().map(ids -> LearnedText.from(1, ids)).toList();
        return new DocumentBatches(texts, ROWS, PAD, new Random(seed));
    }
}
