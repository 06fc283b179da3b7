package dev.tether.core.law;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RequireTest {
    @Test
    void aBrokenLawIsOneSentenceWithTheValue() {
        assertThatThrownBy(() -> Require.notNegative("temperature", -1.0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperature = -1.0, must be finite and >= 0");
    }

    @Test
    void nanKeepsNoLaw() {
        assertThatThrownBy(() -> Require.notNegative("x", Double.NaN)).hasMessageStartingWith("x = NaN");
        assertThatThrownBy(() -> Require.positive("x", Double.NaN)).hasMessageStartingWith("x = NaN");
        assertThatThrownBy(() -> Require.finite("x", Double.NaN)).hasMessageStartingWith("x = NaN");
        assertThatThrownBy(() -> Require.share("x", Double.NaN)).hasMessageStartingWith("x = NaN");
    }

    @Test
    void lengthsThatDisagreeAreBothNamed() {
        assertThatThrownBy(() -> Require.sameLength("scores", 3, "ended", 4))
                .hasMessage("scores has length 3, must equal the length of ended, 4");
    }
}
