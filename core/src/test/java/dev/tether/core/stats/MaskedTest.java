package dev.tether.core.stats;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.filled;
import static dev.tether.core.Arrays2.poisonUncounted;
import static dev.tether.core.Arrays2.randomMask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.kl.ResponseMask;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MaskedTest {
    /** TRL's float32 Bessel factor limits the unbiased variance to about 1e-7 relative; the rest holds to 1e-9. */
    private static final double TRL_BESSEL = 2e-7;

    @Test
    void goldenMeansAndVariances() {
        int seen = 0;
        for (JsonNode golden : GoldenJson.cases("masked_stats")) {
            String name = GoldenJson.name(golden);
            if (name.equals("all_masked")) {
                assertThatThrownBy(() -> GoldenJson.mask(golden, "mask")).hasMessageContaining("counts no token");
                continue;
            }
            double[][] values = GoldenJson.matrix(golden, "values");
            ResponseMask mask = GoldenJson.mask(golden, "mask");
            assertClose(name, Masked.mean(values, mask), GoldenJson.number(golden, "mean"), 1e-9);
            assertClose(name, Masked.biasedVariance(values, mask), GoldenJson.number(golden, "var_biased"), 1e-9);
            assertRowMeans(golden, values, mask);
            if (mask.counted() > 1) {
                double expected = GoldenJson.number(golden, "var_unbiased");
                assertClose(name, Masked.besselVariance(values, mask), expected, TRL_BESSEL);
            }
            seen++;
        }
        assertThat(seen).isEqualTo(7);
    }

    private static void assertRowMeans(JsonNode golden, double[][] values, ResponseMask mask) {
        double[] expected = GoldenJson.vector(golden, "mean_axis1");
        for (int b = 0; b < expected.length; b++) {
            assertClose("row " + b, Masked.mean(new double[][] {values[b]}, mask.rows(b)), expected[b], 1e-9);
        }
    }

    @Test
    void statisticsAreThoseOfTheFilteredList() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 50; round++) {
            ResponseMask mask = randomMask(random, 5, 7);
            double[][] values = poisonUncounted(filled(mask, () -> 10 * random.nextDouble() - 3), mask);
            List<Double> filtered = new ArrayList<>();
            for (int b = 0; b < values.length; b++) {
                for (int t = 0; t < values[b].length; t++) {
                    if (mask.counts(b, t)) {
                        filtered.add(values[b][t]);
                    }
                }
            }
            double mean = filtered.stream().mapToDouble(x -> x).average().orElseThrow();
            double squares =
                    filtered.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
            assertClose("mean", Masked.mean(values, mask), mean, 1e-12);
            assertClose("biased", Masked.biasedVariance(values, mask), squares / filtered.size(), 1e-12);
            if (filtered.size() > 1) {
                assertClose("bessel", Masked.besselVariance(values, mask), squares / (filtered.size() - 1), 1e-12);
            }
        }
    }

    /** Vector d4.26: torchtune, and open-instruct's two ways of averaging. */
    @Test
    void torchtuneAndOpenInstructVectors() {
        ResponseMask gap = ResponseMask.of(new boolean[][] {{true, true, true, false, false}});
        assertClose("torchtune", Masked.mean(new double[][] {{1, 2, 3, 4, 5}}, gap), 2, 1e-15);
        assertClose("torchtune", Masked.besselVariance(new double[][] {{1, 2, 3, 4, 5}}, gap), 1, 1e-15);
        double[][] values = {{1, 2, 3}, {4, 5, 6}};
        ResponseMask mask = ResponseMask.ofLengths(new int[] {2, 1}, 3);
        assertClose("all tokens alike", Masked.mean(values, mask), 7.0 / 3, 1e-15);
        double rowMeans = (Masked.mean(new double[][] {values[0]}, mask.rows(0))
                        + Masked.mean(new double[][] {values[1]}, mask.rows(1)))
                / 2;
        assertClose("all sequences alike", rowMeans, 2.75, 1e-15);
    }

    /** Vector d4.27: verl. */
    @Test
    void verlVectorNanOutsideIsIgnoredAndNanInsideIsNot() {
        ResponseMask ends = ResponseMask.of(new boolean[][] {{true, false, false, true}});
        assertThat(Masked.mean(new double[][] {{1, 2, 3, 4}}, ends)).isEqualTo(2.5);
        assertThat(Masked.mean(new double[][] {{1, Double.NaN, Double.NaN, 4}}, ends))
                .isEqualTo(2.5);
        assertThat(Masked.mean(new double[][] {{1, 2, 3, Double.NaN}}, ends)).isNaN();
        assertThat(Masked.biasedVariance(new double[][] {{1, 2, 3, Double.NaN}}, ends))
                .isNaN();
    }

    /** Vector d4.28: TRL. */
    @Test
    void trlVectorEqualsTheUnmaskedMiddle() {
        double[][] values = {{1, 2, 3, 4}};
        ResponseMask middle = ResponseMask.of(new boolean[][] {{false, true, true, false}});
        assertThat(Masked.mean(values, middle)).isEqualTo(2.5);
        assertThat(Masked.besselVariance(values, middle)).isEqualTo(0.5);
        assertThat(Masked.biasedVariance(values, middle)).isEqualTo(0.25);
    }

    @Test
    void oneValueHasNoUnbiasedVariance() {
        assertThatThrownBy(() -> Masked.besselVariance(new double[][] {{3}}, ResponseMask.all(1, 1)))
                .hasMessage("count = 1, must be at least 2 for an unbiased variance");
    }
}
