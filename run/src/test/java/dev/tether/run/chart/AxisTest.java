package dev.tether.run.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void ticksAreRoundNumbers() {
        assertThat(labels(new Axis(0, 8.6, Axis.Scale.LINEAR))).containsExactly("0", "2", "4", "6", "8");
        assertThat(labels(new Axis(0.102, 0.161, Axis.Scale.LINEAR)))
                .containsExactly("0.11", "0.12", "0.13", "0.14", "0.15", "0.16");
        assertThat(labels(new Axis(-0.3, 0.24, Axis.Scale.LINEAR)))
                .containsExactly("-0.3", "-0.2", "-0.1", "0", "0.1", "0.2");
        assertThat(labels(new Axis(1, 25_000, Axis.Scale.LINEAR))).containsExactly("5000", "10k", "15k", "20k", "25k");
        assertThat(labels(new Axis(1e-6, 5e-6, Axis.Scale.LINEAR)))
                .containsExactly("1e-6", "2e-6", "3e-6", "4e-6", "5e-6");
    }

    @Test
    void whatIsCountedHasNoTicksBetween() {
        assertThat(labels(new Axis(1, 3, Axis.Scale.COUNTED))).containsExactly("1", "2", "3");
        assertThat(labels(new Axis(1, 60, Axis.Scale.COUNTED))).containsExactly("10", "20", "30", "40", "50", "60");
    }

    @Test
    void aLogarithmicAxisHasPowersOfTen() {
        assertThat(labels(Axis.logAround(0.01, 1))).containsExactly("0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1");
        assertThat(labels(Axis.logAround(1e-3, 1e4)))
                .containsExactly("0.001", "0.01", "0.1", "1", "10", "100", "1000", "10k");
    }

    @Test
    void anyAxisHasAFewDifferentTicksInsideItself() {
        Random random = new Random(17);
        for (int i = 0; i < 2000; i++) {
            double low = random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6);
            double high = low + Math.pow(10, random.nextInt(9) - 5) * (1 + random.nextDouble());
            Axis axis = Axis.around(low, high);
            assertThat(axis.at(low)).as("seed 17, axis %d", i).isBetween(0.0, 1.0);
            assertThat(axis.at(high)).as("seed 17, axis %d", i).isBetween(0.0, 1.0);
            assertThat(axis.ticks(5))
                    .as("seed 17, axis %d: %s", i, axis)
                    .hasSizeBetween(2, 9)
                    .allSatisfy(tick -> assertThat(axis.at(tick)).isBetween(-1e-6, 1 + 1e-6));
        }
    }

    @Test
    void positiveFiguresThatComeNearZeroShowZero() {
        assertThat(Axis.around(1, 8).low()).isZero();
        assertThat(Axis.around(100, 108).low()).isGreaterThan(90);
    }

    @Test
    void aFigureThatNeverMovesIsInTheMiddle() {
        assertThat(Axis.around(0.1, 0.1).at(0.1)).isEqualTo(0.5, within(1e-12));
        assertThat(Axis.around(0, 0).at(0)).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void anAxisWithoutExtentIsRefused() {
        assertThatThrownBy(() -> new Axis(1, 1, Axis.Scale.LINEAR)).hasMessageContaining("no extent");
        assertThatThrownBy(() -> new Axis(0, 1, Axis.Scale.LOG)).hasMessageContaining("no extent");
        assertThatThrownBy(() -> new Axis(Double.NaN, 1, Axis.Scale.LINEAR)).hasMessageContaining("no extent");
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks(5).stream().map(tick -> axis.label(tick, 5)).toList();
    }
}
