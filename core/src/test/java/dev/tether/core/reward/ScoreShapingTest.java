package dev.tether.core.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScoreShapingTest {
    private static final boolean[] ALL_ENDED = {true, true, true};

    @Test
    void scoresAreScaledShiftedClippedAndThenPenalised() {
        ScoreShaping shaping = new ScoreShaping(2, 1, 4, 0.5);
        double[] shaped = shaping.apply(new double[] {1, 5, -5}, new boolean[] {true, false, true});
        assertThat(shaped).containsExactly(3, 3.5, -4);
    }

    @Test
    void noShapingLeavesScoresBitForBit() {
        double[] scores = {0.1, -1e300, 5e-324};
        assertThat(ScoreShaping.NONE.apply(scores, ALL_ENDED)).containsExactly(scores);
        assertThat(ScoreShaping.NONE.apply(scores, new boolean[3])).containsExactly(scores);
    }

    @Test
    void aNanScoreIsNotClippedAway() {
        assertThat(new ScoreShaping(1, 0, 1, 0).apply(new double[] {Double.NaN, 0, 0}, ALL_ENDED)[0])
                .isNaN();
    }

    @Test
    void everyNumberIsChecked() {
        assertThatThrownBy(() -> new ScoreShaping(Double.NaN, 0, 1, 0)).hasMessageStartingWith("scale = NaN");
        assertThatThrownBy(() -> new ScoreShaping(1, Double.NaN, 1, 0)).hasMessageStartingWith("shift = NaN");
        assertThatThrownBy(() -> new ScoreShaping(1, 0, 0, 0)).hasMessage("clip = 0.0, must be > 0, infinite for none");
        assertThatThrownBy(() -> new ScoreShaping(1, 0, 1, -1))
                .hasMessage("missing_eos_penalty = -1.0, must be finite and >= 0");
        assertThatThrownBy(() -> ScoreShaping.NONE.apply(new double[2], ALL_ENDED))
                .hasMessage("ended has length 3, must equal the length of scores, 2");
    }
}
