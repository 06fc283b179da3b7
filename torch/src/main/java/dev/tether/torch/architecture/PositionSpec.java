package dev.tether.torch.architecture;

/** How a network knows where a token stands. */
public sealed interface PositionSpec {
    /** A vector per position, [positions][width], added to the token's embedding. */
    record Learned(String weightName, int positions) implements PositionSpec {}

    /**
     * Queries and keys are rotated by angles position · frequency, in halves (Su et al., "RoFormer", 2021, as Llama
     * arranges it).
     *
     * @param size values of a head that are rotated; even
     */
    record Rotary(int size, double theta, RopeScaling scaling) implements PositionSpec {
        /** The size / 2 angular frequencies, in radians per position. */
        public double[] frequencies() {
            double[] frequencies = new double[size / 2];
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] = scaling.scale(Math.pow(theta, -2.0 * i / size));
            }
            return frequencies;
        }
    }
}
