package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.copy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogprobPairTest {
    private static final ResponseMask ALL = ResponseMask.all(1, 4);

    @Test
    void thePaddingSentinelIsRefusedInWords() {
        double[][] good = {{-1, -1, -1, -1}};
        double[][] sentinel = {{-1, -1, -1, 1.0}};
        assertThatThrownBy(() -> new LogprobPair(sentinel, good, ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("logprobs[0][3] = 1.0, must be finite and <= 0 where the response mask counts the token");
        assertThatThrownBy(() -> new LogprobPair(good, sentinel, ALL))
                .hasMessageStartingWith("ref_logprobs[0][3] = 1.0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 2e-6})
    void aCountedEntryThatIsNoLogprobIsRefused(double bad) {
        double[][] values = {{-1, bad, -1, -1}};
        assertThatThrownBy(() -> new LogprobPair(values, new double[1][4], ALL))
                .hasMessageStartingWith("logprobs[0][1] = " + bad);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1.0})
    void anUncountedEntryIsNeverRead(double padding) {
        double[][] values = {{-1, -2, -3, padding}};
        LogprobPair pair = new LogprobPair(values, values, ResponseMask.ofLengths(new int[] {3}, 4));
        for (KlEstimator estimator : KlEstimator.values()) {
            assertThat(pair.natsPerToken(estimator)[0]).containsExactly(0, 0, 0, 0);
            assertThat(KlSummary.of(pair, estimator).natsPerSequence()).isZero();
        }
    }

    @Test
    void roundingAboveZeroIsForgiven() {
        double[][] values = {{1e-6, 0, -1, -1}};
        assertThat(new LogprobPair(values, values, ALL).logRatio(0, 0)).isZero();
    }

    @Test
    void shapesMustAgreeWithTheMask() {
        assertThatThrownBy(() -> new LogprobPair(new double[1][3], new double[1][4], ALL))
                .hasMessage("logprobs[0] has 3 tokens, the response mask has 4");
        assertThatThrownBy(() -> new LogprobPair(new double[1][4], new double[2][4], ALL))
                .hasMessage("ref_logprobs has 2 sequences, the response mask has 1");
    }

    /** Vector d1.12: what was measured must not change while others compute with it. Shifted by -1 to be logprobs. */
    @Test
    void measuringLeavesTheLogprobsAsTheyWere() {
        double[][] logprobs = {{.5 - 1, .7 - 1, .9 - 1}};
        double[][] refLogprobs = {{.4 - 1, .5 - 1, .6 - 1}};
        double[][] before = copy(logprobs);
        LogprobPair pair = new LogprobPair(logprobs, refLogprobs, ResponseMask.all(1, 3));
        double[][] nats = pair.natsPerToken(KlEstimator.K1);
        nats[0][0] = 99;
        KlSummary.of(pair, KlEstimator.K3);
        assertClose("logprobs", logprobs, before, 0);
        assertClose("k1", pair.natsPerToken(KlEstimator.K1), new double[][] {{.1, .2, .3}}, 1e-12);
    }
}
