package dev.tether.core.stats;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StudentTTest {
    /** One degree is Cauchy's distribution, two has a closed form: both exact. */
    @Test
    void agreesWithTheClosedForms() {
        for (double t : new double[] {-30, -2, -0.1, 0, 0.3, 1, 4, 1000}) {
            assertClose("1 degree", StudentT.upperTail(t, 1), 0.5 - Math.atan(t) / Math.PI, 1e-12);
            assertClose("2 degrees", StudentT.upperTail(t, 2), 0.5 - t / (2 * Math.sqrt(2 + t * t)), 1e-12);
        }
    }

    /** Two-sided 5 % and one-sided 0.1 % points of the printed tables. */
    @Test
    void agreesWithThePrintedTables() {
        assertClose("7", StudentT.upperTail(2.364624, 7), 0.025, 1e-7);
        assertClose("31", StudentT.upperTail(2.039513, 31), 0.025, 1e-7);
        assertClose("31", StudentT.upperTail(3.374899, 31), 0.001, 1e-8);
        assertClose("1e6", StudentT.upperTail(1.959966, 1_000_000), 0.025, 1e-6);
    }

    @Test
    void theTailsMeetAndEnd() {
        assertThat(StudentT.upperTail(0, 5)).isEqualTo(0.5);
        assertClose("sum", StudentT.upperTail(1.7, 9) + StudentT.upperTail(-1.7, 9), 1, 1e-14);
        assertThat(StudentT.upperTail(Double.POSITIVE_INFINITY, 5)).isZero();
        assertThat(StudentT.upperTail(Double.NEGATIVE_INFINITY, 5)).isEqualTo(1);
        assertThatThrownBy(() -> StudentT.upperTail(1, 0)).hasMessageStartingWith("degrees = 0.0");
        assertThatThrownBy(() -> StudentT.upperTail(Double.NaN, 3)).hasMessage("t = NaN, must be a number");
    }

    @Test
    void logGammaIsThatOfFactorials() {
        double factorial = 1;
        for (int n = 1; n < 20; n++) {
            assertClose("Γ(" + n + ")", StudentT.logGamma(n), Math.log(factorial), 1e-12);
            factorial *= n;
        }
        assertClose("Γ(½)", StudentT.logGamma(0.5), 0.5 * Math.log(Math.PI), 1e-12);
    }
}
