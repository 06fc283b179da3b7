package dev.tether.run.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void briefHasFourSignificantDigits() {
        assertThat(Numbers.brief(5.93217)).isEqualTo("5.932");
        assertThat(Numbers.brief(-0.0123456)).isEqualTo("-0.01235");
        assertThat(Numbers.brief(0.1)).isEqualTo("0.1");
        assertThat(Numbers.brief(60)).isEqualTo("60");
        assertThat(Numbers.brief(648.5)).isEqualTo("648.5");
        assertThat(Numbers.brief(12345.6)).isEqualTo("12346");
        assertThat(Numbers.brief(0)).isEqualTo("0");
        assertThat(Numbers.brief(5e-5)).isEqualTo("5e-5");
        assertThat(Numbers.brief(1.23456e-10)).isEqualTo("1.235e-10");
        assertThat(Numbers.brief(-2.5e7)).isEqualTo("-2.5e7");
        assertThat(Numbers.brief(1e20)).isEqualTo("1e20");
    }

    @Test
    void roughHasThree() {
        assertThat(Numbers.rough(5.93217)).isEqualTo("5.93");
        assertThat(Numbers.rough(1234.5)).isEqualTo("1235");
    }

    @Test
    void exactKeepsEveryBit() {
        for (double value : new double[] {0.1, 1 / 3.0, 5e-5, -1e-300, Double.MAX_VALUE, 648.5}) {
            assertThat(Double.parseDouble(Numbers.exact(value))).isEqualTo(value);
        }
    }

    @Test
    void aShareHasItsSign() {
        assertThat(Numbers.signedPercent(-0.0172)).isEqualTo("−1.7 %");
        assertThat(Numbers.signedPercent(2.754)).isEqualTo("+275 %");
        assertThat(Numbers.signedPercent(0)).isEqualTo("+0.0 %");
    }

    @Test
    void textIsSafeInHtml() {
        assertThat(Xml.escape("<b a=\"1\" c='2'> & \u0000\uD800 😀 ü"))
                .isEqualTo("&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt; &amp; \uFFFD\uFFFD 😀 ü");
    }
}
