package dev.tether.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final double QUIET = 0.0799;
    private static final double LOUD = 0.08;

    private static List<BenchStep> steps(double... delays) {
        List<BenchStep> steps = new ArrayList<>();
        for (double delay : delays) {
            steps.add(Steps.step(steps.size() + 1, delay));
        }
        return steps;
    }

    @Test
    void aStepIsQuietWhereThreadsWaitedForLessThanEightPercentOfIt() {
        assertThat(Steps.step(1, QUIET).isQuiet()).isTrue();
        assertThat(Steps.step(1, LOUD).isQuiet()).isFalse();
    }

    @Test
    void whereNobodyCountsTheWaitingEveryStepIsTaken() {
        assertThat(Steps.step(1, Double.NaN).isQuiet()).isTrue();
    }

    @Test
    void theWarmUpIsNeverMeasured() {
        Patience patience = new Patience(2, 0, 60);
        List<BenchStep> steps = steps(0, 0, 0, 0, 0, 0, 0);
        assertThat(patience.quiet(steps)).isEqualTo(steps.subList(2, 7));
        assertThat(patience.measured(steps)).isEqualTo(steps.subList(2, 7));
    }

    @Test
    void fiveQuietStepsAreEnoughToLeaveOutTheOthers() {
        Patience patience = new Patience(1, 0, 60);
        List<BenchStep> five = steps(0, 0, LOUD, 0, 0, LOUD, 0, 0);
        assertThat(patience.measured(five)).hasSize(5).allMatch(BenchStep::isQuiet);
        List<BenchStep> four = steps(0, 0, LOUD, 0, 0, LOUD, 0);
        assertThat(patience.measured(four)).isEqualTo(four.subList(1, 7));
    }

    @Test
    void aRunOfWarmUpAloneIsMeasuredAsItIs() {
        List<BenchStep> steps = steps(0, LOUD);
        assertThat(new Patience(2, 0, 60).measured(steps)).isEqualTo(steps);
    }

    @Test
    void itIsOverWhenEnoughQuietStepsAreIn() {
        Patience patience = new Patience(1, 2, 60);
        assertThat(patience.isOver(steps(0, 0, LOUD), 1)).isFalse();
        assertThat(patience.isOver(steps(0, 0, LOUD, 0), 1)).isTrue();
        assertThat(new Patience(1, 0, 60).isOver(steps(0, 0, 0, 0), 99)).isFalse();
    }

    @Test
    void itIsOverWhenTimeIsUpButNotWithinTheWarmUp() {
        Patience patience = new Patience(2, 5, 60);
        assertThat(patience.isOver(steps(0, 0), 61)).isFalse();
        assertThat(patience.isOver(steps(0, 0, LOUD), 59)).isFalse();
        assertThat(patience.isOver(steps(0, 0, LOUD), 60)).isTrue();
    }

    @Test
    void aMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4));
        assertThat(Spread.of(5, 1, 3)).isEqualTo(new Spread(3, 1, 5));
    }
}
