package dev.tether.torch.architecture;

/** How a network knows where a token stands. */
public sealed interface PositionSpec {
    /** A vector per position, [positions][width], added to the token's embedding. */
    record Learned(String weightName, int positions) implements PositionSpec {}

    /**
     * The first values of each query and key head are rotated by angles position · frequency, in halves (Su et al.,
     * "RoFormer", 2021, as Llama arranges it); the others stay.
     *
     * @param size of the rotated part; where it is odd one value more is rotated, with the frequencies of {@code size},
     *     as GPT-NeoX in transformers 5 does
     */
    record Rotary(int size, double theta, RopeScaling scaling) implements PositionSpec {
        /** Values that are rotated: two for each frequency. */
        public int rotated() {
            return 2 * ((size + 1) / 2);
        }

        /** The angular frequencies, in radians per position. */
        public double[] frequencies() {
            double[] frequencies = new double[rotated() / 2];
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] = scaling.scale(Math.pow(theta, -2.0 * i / size));
            }
            return frequencies;
        }
    }
}
