package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.objective.TokenLogprobs;
import dev.tether.core.stats.SplitMix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TruncatedKlTest {
    @Test
    void theBoundsHoldTheTruthAndTightenWithEveryToken() {
        SplitMix random = new SplitMix(83);
        for (int round = 0; round < 200; round++) {
            double[] policy = logprobs(random, 12);
            double[] reference = logprobs(random, 12);
            int[] order = IntStream.range(0, 12)
                    .boxed()
                    .sorted(Comparator.comparingDouble(v -> -policy[v]))
                    .mapToInt(v -> v)
                    .toArray();
            double exact = FullKl.nats(policy, reference);
            double floor = Arrays.stream(reference).min().orElseThrow();
            double lower = 0;
            for (int k = 1; k <= 12; k++) {
                TruncatedKl bounds = TruncatedKl.of(top(policy, order, k), top(reference, order, k), floor);
                assertThat(bounds.lower()).isLessThanOrEqualTo(exact + 1e-12);
                assertThat(bounds.upper()).isGreaterThanOrEqualTo(exact - 1e-12);
                assertThat(bounds.lower()).isGreaterThanOrEqualTo(lower - 1e-12);
                lower = bounds.lower();
            }
            TruncatedKl all = TruncatedKl.of(top(policy, order, 12), top(reference, order, 12), floor);
            assertClose("all known, lower", all.lower(), exact, 1e-9);
            assertClose("all known, upper", all.upper(), exact, 1e-9);
        }
    }

    @Test
    void theLowerBoundIsReachedWhereTheTailsAreProportional() {
        double[] policy = logs(.6, .2, .12, .08);
        double[] reference = logs(.3, .2, .3, .2);
        TruncatedKl bounds = TruncatedKl.of(logs(.6, .2), logs(.3, .2), Math.log(.2));
        assertClose("lower", bounds.lower(), FullKl.nats(policy, reference), 1e-12);
        assertClose("tail", bounds.tailMass(), .2, 1e-12);
        assertClose("reference tail", bounds.refTailMass(), .5, 1e-12);
    }

    @Test
    void theUpperBoundIsReachedByOneTailTokenAtTheFloor() {
        double[] policy = logs(.6, .3, .1, 0);
        double[] reference = logs(.5, .2, .01, .29);
        TruncatedKl bounds = TruncatedKl.of(logs(.6, .3), logs(.5, .2), Math.log(.01));
        assertClose("upper", bounds.upper(), FullKl.nats(policy, reference), 1e-12);
    }

    @Test
    void noTailTokenIsLikelierThanTheLeastKnownOne() {
        double[] policy = logs(.4, .2, .2, .2);
        double[] reference = logs(.4, .4, .1, .1);
        TruncatedKl bounds = TruncatedKl.of(logs(.4, .2), logs(.4, .4), Math.log(.1));
        assertClose("upper", bounds.upper(), FullKl.nats(policy, reference), 1e-12);
    }

    @Test
    void aTokenThatCannotBeDrawnDoesNoHarm() {
        TruncatedKl bounds = TruncatedKl.of(logs(1, 0), logs(.5, 0), 0);
        assertClose("lower", bounds.lower(), Math.log(2), 1e-12);
        assertClose("upper", bounds.upper(), Math.log(2), 1e-12);
    }

    @Test
    void withoutAFloorNothingIsKnownFromAbove() {
        TruncatedKl bounds = TruncatedKl.of(logs(.6, .3), logs(.5, .2), Double.NEGATIVE_INFINITY);
        assertThat(bounds.upper()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(bounds.lower()).isFinite();
        TruncatedKl whole = TruncatedKl.of(logs(.5, .5), logs(.25, .75), Double.NEGATIVE_INFINITY);
        assertThat(whole.upper()).isFinite();
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        assertThatThrownBy(() -> TruncatedKl.of(logs(.8, .3), logs(.5, .2), -9))
                .hasMessageStartingWith("the mass of logprobs = 1.1");
        assertThatThrownBy(() -> TruncatedKl.of(new double[0], new double[0], -9))
                .hasMessageStartingWith("top_k = 0");
        assertThatThrownBy(() -> TruncatedKl.of(logs(.8), logs(.5), 1))
                .hasMessageStartingWith("ref_logprob_floor = 1.0");
        assertThatThrownBy(() -> TruncatedKl.of(new double[] {Double.NaN}, logs(.5), -9))
                .hasMessageStartingWith("a value of logprobs = NaN");
    }

    private static double[] logprobs(SplitMix random, int vocabulary) {
        double[] logits = new double[vocabulary];
        Arrays.setAll(logits, v -> 2 * random.nextGaussian());
        return TokenLogprobs.logSoftmax(logits, 1);
    }

    private static double[] top(double[] logprobs, int[] order, int k) {
        return IntStream.range(0, k).mapToDouble(i -> logprobs[order[i]]).toArray();
    }

    private static double[] logs(double... probabilities) {
        return Arrays.stream(probabilities).map(Math::log).toArray();
    }
}
