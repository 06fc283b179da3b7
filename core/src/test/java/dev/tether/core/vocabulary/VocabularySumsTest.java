package dev.tether.core.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.FullKl;
import org.junit.jupiter.api.Test;

class VocabularySumsTest {
    private static final VocabularySums SUMS = VocabularySums.best();

    /** As here: nobody has asked for the module of the Vector API. */
    @Test
    void withoutTheVectorApiNumbersAreSummedOneByOne() {
        assertThat(ModuleLayer.boot().findModule("jdk.incubator.vector")).isEmpty();
        assertThat(SUMS).isInstanceOf(ScalarSums.class);
    }

    @Test
    void bothPrecisionsSumInDouble() {
        float[] equal = new float[130_000];
        assertThat(SUMS.logSumExp(equal)).isCloseTo(Math.log(130_000), within(1e-12));
        assertThat(SUMS.logSumExp(new double[130_000])).isCloseTo(Math.log(130_000), within(1e-12));
        assertThat(SUMS.logSumExp(new float[] {1000, 1000})).isCloseTo(1000 + Math.log(2), within(1e-12));
    }

    @Test
    void nothingToChooseFromIsMinusInfinity() {
        assertThat(SUMS.logSumExp(new double[0])).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(SUMS.logSumExp(new float[] {Float.NEGATIVE_INFINITY})).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(SUMS.logSumExp(new double[] {0, Double.NaN})).isNaN();
    }

    @Test
    void recordedLogprobsOfSinglePrecisionHaveTheirExactKl() {
        float[] p = {(float) Math.log(.25), (float) Math.log(.75), Float.NEGATIVE_INFINITY};
        float[] q = {(float) Math.log(.5), (float) Math.log(.25), (float) Math.log(.25)};
        assertThat(FullKl.nats(p, q)).isCloseTo(.25 * Math.log(.5) + .75 * Math.log(3), within(1e-6));
        assertThat(FullKl.nats(q, p)).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
