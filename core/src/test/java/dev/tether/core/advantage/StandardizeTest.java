package dev.tether.core.advantage;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.assertCloseWhereCounted;
import static dev.tether.core.Arrays2.filled;
import static dev.tether.core.Arrays2.poisonUncounted;
import static dev.tether.core.Arrays2.randomMask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.GoldenJson;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.stats.Masked;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StandardizeTest {
    /** TRL computes its Bessel factor in float32. */
    private static final double TRL_BESSEL = 2e-7;

    @Test
    void goldenWhitening() {
        for (JsonNode golden : GoldenJson.cases("masked_stats")) {
            String name = GoldenJson.name(golden);
            if (name.equals("all_masked") || name.equals("single_element")) {
                continue;
            }
            double[][] values = GoldenJson.matrix(golden, "values");
            ResponseMask mask = GoldenJson.mask(golden, "mask");
            assertCloseWhereCounted(
                    name,
                    Standardize.standardize(values, mask),
                    GoldenJson.matrix(golden, "whiten_shift"),
                    mask,
                    TRL_BESSEL);
            assertCloseWhereCounted(
                    name,
                    Standardize.scaleToUnitVariance(values, mask),
                    GoldenJson.matrix(golden, "whiten_noshift"),
                    mask,
                    TRL_BESSEL);
        }
    }

    /** Vector d3.17: SkyRL's whitened advantages under the mask 101 (advantages are returns minus values). */
    @Test
    void skyrlWhitenedAdvantages() {
        ResponseMask mask = ResponseMask.of(new boolean[][] {{true, false, true}});
        double[][] whitened = Standardize.standardize(new double[][] {{5.5, 4, 1.5}}, mask);
        assertClose("whitened", whitened, new double[][] {{.7071, 0, -.7071}}, 1e-4);
    }

    /** Vector d4.29: ROLL. */
    @Test
    void rollVectorsWithOneAndTwoTokens() {
        double[][] values = {{1, 3, 0}};
        ResponseMask two = ResponseMask.of(new boolean[][] {{true, true, false}});
        ResponseMask one = ResponseMask.of(new boolean[][] {{false, true, false}});
        double root = Math.sqrt(0.5);
        assertClose("two", Standardize.standardize(values, two), new double[][] {{-root, root, 0}}, 1e-8);
        assertClose("one", Standardize.standardize(values, one), new double[][] {{0, 3, 0}}, 0);
        assertClose("one", Standardize.scaleToUnitVariance(values, one), new double[][] {{0, 3, 0}}, 0);
    }

    /** Vector d4.30: the N-details blog's matrix; ours is its "unbiased" row, and the biased one follows by √(8/9). */
    @Test
    void nDetailsWhiteningKeepsTheMean() {
        double[][] values = {{1.2, 1.3, 1.4}, {1.5, 1.6, 1.7}, {1.8, 1.9, 2.0}};
        double[][] unbiased = {{.1394, .5046, .8697}, {1.2349, 1.6, 1.9651}, {2.3303, 2.6954, 3.0606}};
        double[][] biased = {{.0508, .4381, .8254}, {1.2127, 1.6, 1.9873}, {2.3746, 2.7619, 3.1492}};
        ResponseMask all = ResponseMask.all(3, 3);
        assertClose("unbiased", Standardize.scaleToUnitVariance(values, all), unbiased, 5e-5);
        double mean = Masked.mean(values, all);
        double deviation = Math.sqrt(Masked.biasedVariance(values, all));
        for (int b = 0; b < 3; b++) {
            for (int t = 0; t < 3; t++) {
                assertClose("biased", (values[b][t] - mean) / deviation + mean, biased[b][t], 5e-5);
            }
        }
    }

    @Test
    void countedEntriesComeOutWithMeanZeroAndVarianceOne() {
        SplittableRandom random = new SplittableRandom(43);
        for (int round = 0; round < 30; round++) {
            ResponseMask mask = randomMask(random, 4, 6);
            if (mask.counted() < 2) {
                continue;
            }
            double[][] values = poisonUncounted(filled(mask, () -> random.nextDouble(-9, 4)), mask);
            double[][] centred = Standardize.standardize(values, mask);
            double[][] kept = Standardize.scaleToUnitVariance(values, mask);
            assertClose("mean", Masked.mean(centred, mask), 0, 1e-12);
            assertClose("variance", Masked.besselVariance(centred, mask), 1, 1e-6);
            assertClose("mean kept", Masked.mean(kept, mask), Masked.mean(values, mask), 1e-12);
            assertClose("variance", Masked.besselVariance(kept, mask), 1, 1e-6);
        }
    }

    @Test
    void equalValuesStandardiseToZero() {
        double[][] same = {{2.5, 2.5}};
        assertThat(Standardize.standardize(same, ResponseMask.all(1, 2))[0]).containsExactly(0, 0);
    }
}
