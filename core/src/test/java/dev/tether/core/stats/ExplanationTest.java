package dev.tether.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExplanationTest {
    @Test
    void theTextIsTheTreeOneLinePerNumber() {
        Explanation reward = Explanation.of(
                0.99,
                "rlhf reward",
                Explanation.of(1, "score"),
                Explanation.of(-0.01, "penalty", Explanation.of(0.1, "KL")));
        assertThat(reward.toText()).isEqualTo("0.99: rlhf reward\n  1.0: score\n  -0.01: penalty\n    0.1: KL\n");
    }

    @Test
    void aSentenceIsOneLine() {
        assertThatThrownBy(() -> Explanation.of(1, "two\nlines"))
                .hasMessage("sentence = \"two\\nlines\", must be one line that is not blank");
        assertThatThrownBy(() -> Explanation.of(1, "\nlate")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Explanation.of(1, " ")).isInstanceOf(IllegalArgumentException.class);
    }
}
