package dev.tether.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Builds and compares [B][T] arrays in tests. */
public final class Arrays2 {
    private Arrays2() {}

    /** Equal to {@code tolerance}, relative where the expected value exceeds 1; non-finite values must be the same. */
    public static void assertClose(String what, double actual, double expected, double tolerance) {
        if (Double.isFinite(expected)) {
            assertThat(actual).as(what).isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
        } else {
            assertThat(actual).as(what).isEqualTo(expected);
        }
    }

    public static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertClose(what + "[" + i + "]", actual[i], expected[i], tolerance);
        }
    }

    public static void assertClose(String what, double[][] actual, double[][] expected, double tolerance) {
        assertThat(actual.length).as(what).isEqualTo(expected.length);
        for (int b = 0; b < expected.length; b++) {
            assertClose(what + "[" + b + "]", actual[b], expected[b], tolerance);
        }
    }

    /** Only where the mask counts. */
    public static void assertCloseWhereCounted(
            String what, double[][] actual, double[][] expected, ResponseMask mask, double tolerance) {
        mask.requireShape(what, actual);
        mask.requireShape(what + " (expected)", expected);
        for (int b = 0; b < expected.length; b++) {
            for (int t = 0; t < expected[b].length; t++) {
                if (mask.counts(b, t)) {
                    assertClose(what + "[" + b + "][" + t + "]", actual[b][t], expected[b][t], tolerance);
                }
            }
        }
    }

    /** Every entry plus {@code shift}. */
    public static double[][] plus(double[][] values, double shift) {
        double[][] shifted = copy(values);
        for (double[] row : shifted) {
            for (int t = 0; t < row.length; t++) {
                row[t] += shift;
            }
        }
        return shifted;
    }

    public static double[][] times(double[][] values, double factor) {
        double[][] scaled = copy(values);
        for (double[] row : scaled) {
            for (int t = 0; t < row.length; t++) {
                row[t] *= factor;
            }
        }
        return scaled;
    }

    public static double[][] copy(double[][] values) {
        return Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
    }

    /** NaN wherever the mask does not count. */
    public static double[][] poisonUncounted(double[][] values, ResponseMask mask) {
        double[][] poisoned = copy(values);
        for (int b = 0; b < poisoned.length; b++) {
            for (int t = 0; t < poisoned[b].length; t++) {
                if (!mask.counts(b, t)) {
                    poisoned[b][t] = Double.NaN;
                }
            }
        }
        return poisoned;
    }

    /** An array of the mask's shape, filled by {@code draw}. */
    public static double[][] filled(ResponseMask mask, DoubleSupplier draw) {
        double[][] values = new double[mask.sequences()][];
        for (int b = 0; b < values.length; b++) {
            values[b] = new double[mask.width(b)];
            for (int t = 0; t < values[b].length; t++) {
                values[b][t] = draw.getAsDouble();
            }
        }
        return values;
    }

    /** A ragged mask with gaps; row 0 counts everything. */
    public static ResponseMask randomMask(SplittableRandom random, int sequences, int maxWidth) {
        boolean[][] counts = new boolean[sequences][];
        for (int b = 0; b < sequences; b++) {
            counts[b] = new boolean[1 + random.nextInt(maxWidth)];
            for (int t = 0; t < counts[b].length; t++) {
                counts[b][t] = b == 0 || random.nextInt(4) > 0;
            }
        }
        return ResponseMask.of(counts);
    }

    /** A standard normal draw (Box and Muller). */
    public static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log1p(-random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
