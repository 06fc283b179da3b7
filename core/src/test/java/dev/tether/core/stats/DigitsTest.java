package dev.tether.core.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigitsTest {
    @Test
    void threeDigitsAreKeptAndNoTrailingZeros() {
        assertThat(Digits.rough(0.123456)).isEqualTo("0.123");
        assertThat(Digits.rough(-41.25)).isEqualTo("-41.3");
        assertThat(Digits.rough(2)).isEqualTo("2");
        assertThat(Digits.rough(0)).isEqualTo("0");
        assertThat(Digits.rough(12345)).isEqualTo("12300");
        assertThat(Digits.rough(0.0000123)).isEqualTo("0.0000123");
        assertThat(Digits.rough(1.23456e-9)).isEqualTo("1.23E-9");
        assertThat(Digits.rough(Double.NaN)).isEqualTo("NaN");
        assertThat(Digits.percent(0.3333)).isEqualTo("33.3 %");
    }
}
