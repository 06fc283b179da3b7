package dev.tether.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final ReadTokens TOKENS = new ReadTokens(
            new int[] {5, 6, 5, 7},
            List.of(" so", "▁good\n", " so", "."),
            new double[] {-1, -0.5, -1, -4},
            new double[4]);
    private static final Comparison COMPARISON =
            new Comparison(TOKENS, new double[] {-1.1, -4, -2, -3}, new double[] {0.5, 1.5, 0.5, 0.25});

    @Test
    void tokensArePaintedByHowFarTheModelsDisagreeAndOnWhichSide() {
        assertThat(COMPARISON.painted())
                .isEqualTo(" so"
                        + "\u001b[38;5;16;48;5;203m good\u001b[0m\n\u001b[38;5;16;48;5;203m\u001b[0m"
                        + "\u001b[38;5;16;48;5;217m so\u001b[0m"
                        + "\u001b[38;5;16;48;5;153m.\u001b[0m");
    }

    @Test
    void theLedgerNamesWhereTheKlWasSpent() {
        assertThat(COMPARISON.summary().get(0))
                .isEqualTo("4 tokens, log-ratio 3.6000 nats in all (k1), 0.9000 per token; exact KL at these positions"
                        + " 2.7500 nats, 0.6875 per token");
        assertThat(COMPARISON.summary().get(1))
                .isEqualTo("most of the exact KL was spent where it wrote \"▁good\\n\" 1.5 (55 %), \" so\" 1 (36 %),"
                        + " \".\" 0.25 (9 %); first token 0.5, last 0.25");
    }

    @Test
    void equalModelsSpendNothing() {
        Comparison same = new Comparison(TOKENS, TOKENS.logprobs(), new double[4]);
        assertThat(same.summary().get(1)).isEqualTo("no KL was spent");
        assertThat(same.painted()).doesNotContain("\u001b");
    }
}
