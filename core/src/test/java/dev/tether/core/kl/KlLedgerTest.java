package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.KlLedger.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class KlLedgerTest {
    private static final ResponseMask MASK =
            ResponseMask.of(new boolean[][] {{true, true, false}, {false, true, true}, {true, false, false}});
    private static final double[][] NATS = {{1, 2, Double.NaN}, {Double.NaN, 4, -0.5}, {0.25, Double.NaN, Double.NaN}};
    private static final int[][] RESPONSES = {{7, 9, 0}, {0, 9, 7}, {3, 0, 0}};
    private static final KlLedger LEDGER = KlLedger.of(NATS, MASK, RESPONSES, new int[] {5, 5, 2});

    @Test
    void everyAccountAddsUpToTheTotal() {
        assertThat(LEDGER.totalNats()).isEqualTo(6.75);
        assertThat(LEDGER.tokens()).isEqualTo(5);
        for (List<Entry> account : List.of(LEDGER.byPrompt(), LEDGER.byPosition(), LEDGER.byToken())) {
            assertClose("nats", account.stream().mapToDouble(Entry::nats).sum(), 6.75, 1e-15);
            assertThat(account.stream().mapToLong(Entry::tokens).sum()).isEqualTo(5);
            assertClose("shares", account.stream().mapToDouble(LEDGER::share).sum(), 1, 1e-15);
        }
    }

    @Test
    void entriesAreBookedUnderTheirKeys() {
        assertThat(LEDGER.byPrompt()).containsExactly(new Entry(5, 6.5, 4), new Entry(2, 0.25, 1));
        assertThat(LEDGER.byToken()).containsExactly(new Entry(9, 6, 2), new Entry(7, 0.5, 2), new Entry(3, 0.25, 1));
        assertThat(LEDGER.byPosition()).containsExactly(new Entry(0, 5.25, 3), new Entry(1, 1.5, 2));
        assertThat(LEDGER.byToken().get(0).natsPerToken()).isEqualTo(3);
    }

    @Test
    void arraysThatDisagreeAreRefused() {
        assertThatThrownBy(() -> KlLedger.of(NATS, MASK, RESPONSES, new int[2]))
                .hasMessageStartingWith("prompts has length 2");
        assertThatThrownBy(() -> KlLedger.of(NATS, MASK, new int[3][2], new int[3]))
                .hasMessageStartingWith("responses[0] has length 2");
    }

    @Test
    void growthSplitsIntoTokensAndLengthWithoutRest() {
        KlType type = KlType.reference(KlEstimator.K1);
        KlSummary before = new KlSummary(type, 0.1, 0, 2, 0, 1, 200, 10);
        KlSummary longer = new KlSummary(type, 0.1, 0, 4, 0, 1, 400, 10);
        KlSummary both = new KlSummary(type, 0.3, 0, 12, 0, 1, 400, 10);
        KlGrowth onlyLength = KlGrowth.between(before, longer);
        assertClose("length", onlyLength.fromLength(), 2, 1e-12);
        assertClose("tokens", onlyLength.fromTokens(), 0, 1e-12);
        KlGrowth mixed = KlGrowth.between(before, both);
        assertClose("growth", mixed.nats(), 10, 1e-12);
        assertClose("tokens", mixed.fromTokens(), 0.2 * 30, 1e-12);
        assertClose("length", mixed.fromLength(), 20 * 0.2, 1e-12);
        assertClose("no rest", mixed.fromTokens() + mixed.fromLength(), mixed.nats(), 1e-12);
        KlSummary other = new KlSummary(KlType.reference(KlEstimator.K3), 0.3, 0, 12, 0, 1, 400, 10);
        assertThatThrownBy(() -> KlGrowth.between(before, other)).hasMessageEndingWith("they differ in estimator");
    }
}
