package dev.tether.core.kl;

import static dev.tether.core.Arrays2.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeptMassTest {
    /** Top-2 of four tokens: the exact mean under the sampling distribution, before and after the correction. */
    @Test
    void theBiasOfTruncatedSamplingIsTheLogOfTheKeptMass() {
        double[] policy = {.5, .3, .15, .05};
        double[] reference = {.4, .4, .1, .1};
        double kept = policy[0] + policy[1];
        double logKept = Math.log(kept);
        double naive = 0;
        double corrected = 0;
        double exact = 0;
        for (int v = 0; v < 2; v++) {
            double drawn = policy[v] / kept;
            double[][] logprob = {{Math.log(policy[v])}};
            double[][] sampling =
                    KeptMass.samplingLogprobs(logprob, new double[][] {{logKept}}, ResponseMask.all(1, 1));
            naive += drawn * (logprob[0][0] - Math.log(reference[v]));
            corrected += drawn * (sampling[0][0] - Math.log(reference[v]));
            exact += drawn * Math.log(drawn / reference[v]);
        }
        assertClose("corrected", corrected, exact, 1e-15);
        assertClose("bias", naive - exact, logKept, 1e-15);
    }

    @Test
    void whereBothAgreeTheUncorrectedKlIsNegative() {
        double logKept = Math.log(.8);
        double[][] logprobs = {{Math.log(.5)}};
        ResponseMask one = ResponseMask.all(1, 1);
        assertThat(new LogprobPair(logprobs, logprobs, one).logRatio(0, 0)).isZero();
        double[][] sampling = KeptMass.samplingLogprobs(logprobs, new double[][] {{logKept}}, one);
        assertClose("corrected", new LogprobPair(sampling, logprobs, one).logRatio(0, 0), -logKept, 1e-15);
    }

    @Test
    void uncountedPositionsAreNotRead() {
        double[][] nan = {{-1, Double.NaN}};
        double[][] sampling = KeptMass.samplingLogprobs(nan, nan, ResponseMask.ofLengths(new int[] {1}, 2));
        assertThat(sampling[0]).containsExactly(0, 0);
    }

    @Test
    void aMassThatCannotBeIsRefusedByPlace() {
        ResponseMask one = ResponseMask.all(1, 1);
        assertThatThrownBy(() -> KeptMass.samplingLogprobs(new double[][] {{-1}}, new double[][] {{0.5}}, one))
                .hasMessage(
                        "log_kept_mass[0][0] = 0.5, must be finite and <= 0 where the response mask counts the token");
        assertThatThrownBy(() -> KeptMass.samplingLogprobs(new double[][] {{-1}}, new double[][] {{-2}}, one))
                .hasMessage(
                        "log_kept_mass[0][0] = -2.0, must be at least the logprob of the token that was kept, -1.0");
        assertThatThrownBy(() -> KeptMass.samplingLogprobs(
                        new double[][] {{-1}}, new double[][] {{Double.NEGATIVE_INFINITY}}, one))
                .hasMessageStartingWith("log_kept_mass[0][0] = -Infinity");
    }
}
