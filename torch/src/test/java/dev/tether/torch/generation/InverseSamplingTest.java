package dev.tether.torch.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.engine.TorchEngine;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InverseSamplingTest {
    private static final double ALMOST_ONE = 1 - 0x1p-24;

    @BeforeAll
    static void start() {
        TorchEngine.ensureStarted();
    }

    private static long[] draw(double[][] probabilities, double[] uniforms, ScalarType type) {
        int n = probabilities[0].length;
        double[] flat =
                Arrays.stream(probabilities).flatMapToDouble(Arrays::stream).toArray();
        return Scoped.compute(() -> {
            Tensor p = Tensors.of(flat, probabilities.length, n).to(type);
            Tensor u = Tensors.of(uniforms, uniforms.length, 1).to(type);
            return Tensors.toLongs(InverseSampling.draw(p, u).indices());
        });
    }

    /** A distribution in which most tokens, the first and the last among them, have probability 0. */
    private static double[] sparse(int size, Random random) {
        double[] p = new double[size];
        for (int i = 0; i < 7; i++) {
            p[1 + random.nextInt(size - 2)] += random.nextDouble();
        }
        double total = Arrays.stream(p).sum();
        return Arrays.stream(p).map(x -> x / total).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 2048, 2049, 5000, 32000})
    void aTokenOfProbabilityZeroIsNeverDrawn(int vocabulary) {
        Random random = new Random(vocabulary);
        int rows = 400;
        double[][] probabilities = new double[rows][];
        double[] uniforms = new double[rows];
        for (int b = 0; b < rows; b++) {
            probabilities[b] = sparse(vocabulary, random);
            uniforms[b] = b % 4 == 0 ? 0 : b % 4 == 1 ? ALMOST_ONE : random.nextDouble();
        }
        long[] drawn = draw(probabilities, uniforms, ScalarType.Float);
        for (int b = 0; b < rows; b++) {
            assertThat(probabilities[b][(int) drawn[b]]).isPositive();
        }
    }

    /**
     * Numbers at the very borders of blocks, where the sums of the two levels round differently; each block of 256
     * begins and ends with tokens of probability 0.
     */
    @Test
    void aTokenOfProbabilityZeroIsNotDrawnAtTheBorderOfABlockEither() {
        int blocks = 125;
        Random random = new Random(4);
        double[] p = new double[blocks * 256];
        for (int i = 0; i < p.length; i++) {
            p[i] = i % 256 < 50 || i % 256 >= 200 ? 0 : random.nextDouble();
        }
        double total = Arrays.stream(p).sum();
        double[] probabilities = Arrays.stream(p).map(x -> x / total).toArray();
        double[] uniforms = new double[blocks * 21];
        for (int block = 0; block < blocks; block++) {
            double border = Arrays.stream(probabilities, 0, (block + 1) * 256).sum();
            for (int k = 0; k < 21; k++) {
                uniforms[block * 21 + k] = Math.min(ALMOST_ONE, border + (k - 10) * 0x1p-24);
            }
        }
        double[][] rows = new double[uniforms.length][];
        Arrays.fill(rows, probabilities);
        for (long token : draw(rows, uniforms, ScalarType.Float)) {
            assertThat(probabilities[(int) token]).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 2048, 2049, 5000, 32000})
    void theTokenIsTheFirstWhoseCumulativeMassExceedsTheNumber(int vocabulary) {
        Random random = new Random(vocabulary);
        double[] p = random.doubles(vocabulary).map(x -> x * x * x).toArray();
        double total = Arrays.stream(p).sum();
        double[] probabilities = Arrays.stream(p).map(x -> x / total).toArray();
        double[] uniforms = random.doubles(200).toArray();
        double[][] rows = new double[uniforms.length][];
        Arrays.fill(rows, probabilities);
        long[] drawn = draw(rows, uniforms, ScalarType.Double);
        for (int b = 0; b < uniforms.length; b++) {
            double before = Arrays.stream(probabilities, 0, (int) drawn[b]).sum();
            assertThat(uniforms[b]).isBetween(before - 1e-12, before + probabilities[(int) drawn[b]] + 1e-12);
        }
    }
}
