package dev.tether.core.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BestOfNCurveTest {
    /** Four outcomes, two of which the proxy cannot tell apart. */
    private static final double[] CHANCE = {0.4, 0.1, 0.3, 0.2};

    private static final double[] PROXY = {1, 1, 2, 3.5};
    private static final double[] GOLD = {0.2, 0.9, 0.4, -1};

    @Test
    void overEveryPossiblePoolTheEstimateAveragesToTheTruth() {
        int samples = 5;
        for (int n = 1; n <= samples; n++) {
            double proxy = 0;
            double gold = 0;
            for (int code = 0; code < Math.pow(4, samples); code++) {
                double chance = 1;
                double[][] pool = new double[2][samples];
                for (int i = 0, rest = code; i < samples; i++, rest /= 4) {
                    chance *= CHANCE[rest % 4];
                    pool[0][i] = PROXY[rest % 4];
                    pool[1][i] = GOLD[rest % 4];
                }
                BestOfNCurve curve = BestOfNCurve.of(new double[][] {pool[0]}, new double[][] {pool[1]}, List.of(n));
                proxy += chance * curve.proxy()[0];
                gold += chance * curve.gold()[0];
            }
            assertThat(proxy).isCloseTo(truth(PROXY, n), within(1e-12));
            assertThat(gold).isCloseTo(truth(GOLD, n), within(1e-12));
        }
    }

    /** Σ over values v of the proxy: (F(v)ⁿ − F(v−)ⁿ) · E[figure | v]. */
    private static double truth(double[] figure, int n) {
        double below = 0;
        double truth = 0;
        for (double v : Arrays.stream(PROXY).distinct().sorted().toArray()) {
            double chance = 0;
            double sum = 0;
            for (int i = 0; i < PROXY.length; i++) {
                chance += PROXY[i] == v ? CHANCE[i] : 0;
                sum += PROXY[i] == v ? CHANCE[i] * figure[i] : 0;
            }
            truth += (Math.pow(below + chance, n) - Math.pow(below, n)) * sum / chance;
            below += chance;
        }
        return truth;
    }

    @Test
    void theEstimateIsTheMeanOverAllSubsets() {
        double[] proxy = {0.3, -1, 0.3, 2, 0.7};
        double[] gold = {0.5, 0.1, 0.2, -0.4, 0.9};
        // all ten pairs by hand: 2 beats four, 0.7 three, of the 0.3s each wins half of their meeting and one more
        double expected = (4 * -0.4 + 3 * 0.9 + (0.5 + 0.2) / 2 + 0.5 + 0.2) / 10;
        assertThat(BestOfNCurve.of(new double[][] {proxy}, new double[][] {gold}, List.of(2))
                        .gold()[0])
                .isCloseTo(expected, within(1e-12));
    }

    @Test
    void ofOneItIsTheMeanAndOfAllTheGreatest() {
        double[][] proxy = {{1, 2, 3}, {6, 5, 4, 3}};
        BestOfNCurve curve = BestOfNCurve.of(proxy, proxy, List.of(3, 1));
        assertThat(curve.n()).containsExactly(1, 3);
        assertThat(curve.proxy()).containsExactly(new double[] {3.25, (3 + 5.75) / 2}, within(1e-12));
        assertThat(curve.gold()).isEqualTo(curve.proxy());
        assertThat(curve.goldOf(new int[] {0, 0})).containsExactly(new double[] {2, 3}, within(1e-12));
        assertThat(curve.natsBound()).containsExactly(new double[] {0, Math.log(3) - 2.0 / 3}, within(1e-15));
    }

    @Test
    void theFormulaOfItsKlIsABoundThatTiesDoNotReach() {
        // two outcomes of one half each: KL of the best of two is log 2 − H(1/4), the formula says more
        double kl = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
        assertThat(BestOfN.natsBound(2)).isGreaterThan(kl);
        // 1000 outcomes, evenly: nearly no tie, nearly equal
        double many = 0;
        for (int i = 0; i < 1000; i++) {
            double chance = Math.pow((i + 1) / 1000.0, 4) - Math.pow(i / 1000.0, 4);
            many += chance * Math.log(1000 * chance);
        }
        assertThat(many).isLessThan(BestOfN.natsBound(4)).isCloseTo(BestOfN.natsBound(4), within(1e-3));
    }

    @Test
    void whatCannotBeChosenFromIsRefused() {
        double[][] two = {{1, 2}};
        assertThatThrownBy(() -> BestOfNCurve.of(two, two, List.of(3)))
                .hasMessage("n = 3, must be from 1 to the samples of a prompt, 2");
        assertThatThrownBy(() -> BestOfNCurve.of(two, new double[][] {{1}}, List.of(1)))
                .hasMessageContaining("gold[0] has length 1");
        assertThatThrownBy(() -> BestOfNCurve.of(new double[][] {{Double.NaN, 1}}, two, List.of(1)))
                .hasMessageContaining("proxy[0][0] = NaN");
        assertThatThrownBy(() -> BestOfNCurve.of(new double[0][], new double[0][], List.of(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
