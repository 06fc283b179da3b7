package dev.tether.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.FullKl;
import dev.tether.core.objective.TokenLogprobs;
import dev.tether.core.vocabulary.ScalarSums;
import dev.tether.core.vocabulary.VocabularySums;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VectorSumsTest {
    private static final double INFINITE = Double.POSITIVE_INFINITY;

    private final VocabularySums scalar = new ScalarSums();
    private final VocabularySums vector = new VectorSums();

    /** On both sides of the shortest vectorised row, every remainder of the lanes, and the vocabularies that there are. */
    static IntStream vocabularies() {
        return IntStream.concat(
                IntStream.of(0, 1, 2, 7, 100, 4096, 32_000, 50_257, 128_256, 130_001), IntStream.rangeClosed(250, 280));
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void randomRowsAgree(int vocabulary) {
        for (double scale : new double[] {1e-3, 1, 10, 300, 1e5}) {
            float[] logits = row(vocabulary, scale, 1);
            float[] others = row(vocabulary, scale, 2);
            agree(logits, others);
        }
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void rowsWithTokensThatCannotBeChosenAgree(int vocabulary) {
        SplittableRandom random = new SplittableRandom(vocabulary);
        float[] logits = row(vocabulary, 5, 3);
        float[] others = row(vocabulary, 5, 4);
        for (int v = 0; v < vocabulary; v++) {
            if (random.nextDouble() < 0.9) {
                logits[v] = Float.NEGATIVE_INFINITY;
                others[v] = random.nextBoolean() ? Float.NEGATIVE_INFINITY : others[v];
            }
        }
        agree(logits, others);
        if (vocabulary > 0) {
            logits[vocabulary / 2] = 1; // and the other cannot choose it
            others[vocabulary / 2] = Float.NEGATIVE_INFINITY;
            agree(logits, others);
            assertThat(vector.kl(logits, others)).isEqualTo(INFINITE);
        }
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    void hostileNumbersAgreeWhereverTheyStand(int vocabulary) {
        float[] hostile = {
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.NaN,
            -1e30f,
            1e30f,
            Float.MIN_VALUE,
            -0f,
            -745.1f,
            -746,
            709
        };
        for (float number : hostile) {
            for (int place : new int[] {0, vocabulary / 3, vocabulary - 1}) {
                if (place >= 0 && place < vocabulary) {
                    float[] logits = row(vocabulary, 1, 5);
                    float[] others = row(vocabulary, 1, 6);
                    logits[place] = number;
                    agree(logits, others);
                    agree(others, logits);
                }
            }
        }
    }

    @Test
    void aHairOfMassBeforeNoneIsInfinitelyFar() {
        for (float logprob : new float[] {-700, -708.3f, -709, -720, -740, -744.9f}) {
            float[] logprobs = new float[512];
            float[] others = new float[512];
            logprobs[300] = logprob;
            others[300] = Float.NEGATIVE_INFINITY;
            assertThat(vector.kl(logprobs, others)).as("e^%s", logprob).isEqualTo(INFINITE);
        }
    }

    @Test
    void aRowOfNothingButMinusInfinityIsMinusInfinity() {
        float[] nothing = row(1000, 0, 1);
        Arrays.fill(nothing, Float.NEGATIVE_INFINITY);
        agree(nothing, nothing);
        assertThat(vector.logSumExp(nothing)).isEqualTo(-INFINITE);
        assertThat(vector.kl(nothing, nothing)).isZero();
    }

    @Test
    void coreGoesThroughIt() {
        assertThat(VocabularySums.best()).isInstanceOf(VectorSums.class);
        double[] p = TokenLogprobs.logSoftmax(doubles(row(32_000, 3, 1)), 1);
        double[] q = TokenLogprobs.logSoftmax(doubles(row(32_000, 3, 2)), 1);
        assertThat(FullKl.nats(p, q)).isEqualTo(vector.kl(p, q)).isCloseTo(scalar.kl(p, q), within(1e-12 * 20));
        assertThat(Stream.of(p).flatMapToDouble(Arrays::stream).map(Math::exp).sum())
                .isCloseTo(1, within(1e-12));
    }

    private void agree(float[] logits, float[] others) {
        double[] p = doubles(logits);
        double[] q = doubles(others);
        agree("log-sum-exp", vector.logSumExp(logits), scalar.logSumExp(logits));
        agree("log-sum-exp of doubles", vector.logSumExp(p), scalar.logSumExp(p));
        agree("float and double", scalar.logSumExp(logits), scalar.logSumExp(p));
        agree("unnormalised kl", vector.kl(logits, others), scalar.kl(logits, others));
        agree("unnormalised kl of doubles", vector.kl(p, q), scalar.kl(p, q));
        double total = scalar.logSumExp(p);
        double otherTotal = scalar.logSumExp(q);
        if (Double.isFinite(total) && Double.isFinite(otherTotal)) {
            for (int v = 0; v < p.length; v++) {
                p[v] -= total;
                q[v] -= otherTotal;
            }
            agree("kl", vector.kl(p, q), scalar.kl(p, q));
        }
    }

    private static void agree(String what, double vector, double scalar) {
        if (Double.isFinite(scalar)) {
            assertThat(vector).as(what).isCloseTo(scalar, within(1e-12 * Math.max(1, Math.abs(scalar))));
        } else {
            assertThat(vector).as(what).isEqualTo(Double.valueOf(scalar)); // as objects: NaN is NaN
        }
    }

    private static float[] row(int vocabulary, double scale, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] row = new float[vocabulary];
        for (int v = 0; v < vocabulary; v++) {
            row[v] = (float) (scale * (random.nextDouble() - 1));
        }
        return row;
    }

    private static double[] doubles(float[] row) {
        return IntStream.range(0, row.length).mapToDouble(v -> row[v]).toArray();
    }
}
