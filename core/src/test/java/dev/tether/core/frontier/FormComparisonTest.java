package dev.tether.core.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.frontier.FormComparison.Answer;
import dev.tether.core.frontier.FormComparison.Points;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FormComparisonTest {
    private static final DoubleUnaryOperator LOGARITHMIC = d -> 0.5 + d * (0.4 - 0.3 * Math.log(d));
    private static final DoubleUnaryOperator LINEAR = d -> 0.5 + d * (0.4 - 0.08 * d);

    @Test
    void aPlantedCurveIsFoundAgainAndItsFormNamed() {
        FormComparison log = compared(LOGARITHMIC, 1e-6, 7);
        assertThat(log.answer()).isEqualTo(Answer.LOGARITHMIC);
        assertThat(log.logarithmicAhead()).isEqualTo(1);
        assertThat(log.better()).isEqualTo(log.logarithmic());
        assertThat(log.logarithmic().fit().alpha()).isCloseTo(0.4, within(1e-5));
        assertThat(log.logarithmic().fit().beta()).isCloseTo(0.3, within(1e-5));

        FormComparison linear = compared(LINEAR, 1e-6, 7);
        assertThat(linear.answer()).isEqualTo(Answer.LINEAR);
        assertThat(linear.logarithmicAhead()).isZero();
        assertThat(linear.better()).isEqualTo(linear.linear());
        assertThat(linear.linear().fit().alpha()).isCloseTo(0.4, within(1e-5));
        assertThat(linear.linear().fit().beta()).isCloseTo(0.08, within(1e-5));
    }

    @Test
    void underNoiseACurveIsSeldomTakenForTheOtherAndItsIntervalsHoldTheTruth() {
        int right = 0;
        int wrong = 0;
        int alpha = 0;
        int beta = 0;
        int runs = 60;
        for (int seed = 0; seed < runs; seed++) {
            FormComparison comparison = compared(LOGARITHMIC, 0.02, seed);
            right += comparison.answer() == Answer.LOGARITHMIC ? 1 : 0;
            wrong += comparison.answer() == Answer.LINEAR ? 1 : 0;
            alpha += comparison.logarithmic().alpha().contains(0.4) ? 1 : 0;
            beta += comparison.logarithmic().beta().contains(0.3) ? 1 : 0;
        }
        assertThat(wrong).isZero();
        assertThat(right).isGreaterThan(40);
        // 95 %, less three standard errors and what resampling so few points understates
        assertThat((double) alpha / runs).isBetween(0.83, 1.0);
        assertThat((double) beta / runs).isBetween(0.83, 1.0);
    }

    @Test
    void twoCurvesThatLieOnEachOtherCannotBeTold() {
        // a straight line is both: β = 0
        FormComparison straight = compared(d -> 0.2 + 0.3 * d, 0.05, 3);
        assertThat(straight.answer()).isEqualTo(Answer.CANNOT_TELL);
        assertThat(straight.logarithmic().fit().rSquared())
                .isCloseTo(straight.linear().fit().rSquared(), within(0.02));
    }

    @Test
    void noiseIsDescribedByNeither() {
        assertThat(compared(d -> 0, 1, 5).answer()).isEqualTo(Answer.CANNOT_TELL);
    }

    @Test
    void tooFewResamplesAreRefused() {
        Points points = points(LINEAR, 0, 1);
        assertThatThrownBy(() -> FormComparison.of(points, List.of(points)))
                .hasMessageContaining("resamples = 1, must be at least 100");
        Points still = new Points(0, new double[40], new double[40]);
        assertThatThrownBy(() -> FormComparison.of(points, Collections.nCopies(100, still)))
                .hasMessageContaining("resamples that can be fitted = 0");
    }

    private static FormComparison compared(DoubleUnaryOperator truth, double sd, int seed) {
        Points points = points(truth, sd, seed);
        Random random = new Random(seed + 1000);
        List<Points> resamples = new ArrayList<>();
        for (int r = 0; r < 200; r++) {
            int[] drawn =
                    random.ints(points.nats().length, 0, points.nats().length).toArray();
            resamples.add(new Points(
                    points.start(),
                    Arrays.stream(drawn).mapToDouble(i -> points.nats()[i]).toArray(),
                    Arrays.stream(drawn).mapToDouble(i -> points.gold()[i]).toArray()));
        }
        return FormComparison.of(points, resamples);
    }

    private static Points points(DoubleUnaryOperator truth, double sd, int seed) {
        double start = truth.applyAsDouble(1e-300);
        Random random = new Random(seed);
        double[] nats = IntStream.rangeClosed(1, 80).mapToDouble(i -> 0.25 * i).toArray();
        double[] gold = Arrays.stream(nats)
                .map(kl -> truth.applyAsDouble(Math.sqrt(kl)) + sd * random.nextGaussian())
                .toArray();
        return new Points(start, nats, gold);
    }
}
