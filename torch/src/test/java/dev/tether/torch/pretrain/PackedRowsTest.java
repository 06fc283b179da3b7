package dev.tether.torch.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackedRowsTest {
    private static final int PAD = 0;
    private static final int LENGTH = 128;

    /** Documents of 25 to 60 tokens, each token the number of its document. */
    private final List<int[]> documents = IntStream.rangeClosed(1, 300)
            .mapToObj(n -> IntStream.generate(() -> n).limit(25 + n * 7 % 36).toArray())
            .toList();

    @Test
    void everyDocumentComesEquallyOftenUpToTheFewThatWait() {
        PackedRows rows = new PackedRows(documents, LENGTH, PAD, new Random(1));
        Map<Integer, Integer> tokens = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            for (int id : rows.next()) {
                tokens.merge(id, 1, Integer::sum);
            }
        }
        tokens.remove(PAD);
        List<Integer> times = new ArrayList<>();
        tokens.forEach((n, count) -> times.add(count / documents.get(n - 1).length));
        assertThat(times).hasSize(300).allMatch(count -> count >= 8 && count <= 11);
    }

    @Test
    void rowsHoldWholeDocumentsAndLittlePadding() {
        PackedRows rows = new PackedRows(documents, LENGTH, PAD, new Random(2));
        int padding = 0;
        for (int i = 0; i < 200; i++) {
            int[] row = rows.next();
            assertThat(row).hasSize(LENGTH);
            for (int at = 0; at < LENGTH && row[at] != PAD; ) {
                int[] document = documents.get(row[at] - 1);
                assertThat(row).containsSubsequence(document);
                at += document.length;
            }
            padding += (int) IntStream.of(row).filter(id -> id == PAD).count();
        }
        assertThat(padding).isLessThan(200 * LENGTH / 20);
    }

    @Test
    void longDocumentIsCutIntoRows() {
        int[] ids = IntStream.rangeClosed(1, 20).toArray();
        PackedRows rows = new PackedRows(List.of(ids), 8, PAD, new Random(3));
        List<int[]> four = List.of(rows.next(), rows.next(), rows.next(), rows.next());
        assertThat(four).anyMatch(row -> row[0] == 1 && row[7] == 8).anyMatch(row -> row[0] == 9 && row[7] == 16);
        assertThat(four).noneMatch(row -> row[0] == 2);
    }

    @Test
    void sameSeedGivesTheSameRows() {
        PackedRows a = new PackedRows(documents, LENGTH, PAD, new Random(4));
        PackedRows b = new PackedRows(documents, LENGTH, PAD, new Random(4));
        for (int i = 0; i < 100; i++) {
            assertThat(a.next()).isEqualTo(b.next());
        }
    }
}
