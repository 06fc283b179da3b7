package dev.tether.torch.generation;

/**
 * Uniform numbers in [0, 1) for each row and step, a function of seed, row and step alone: neither other rows nor
 * anything drawn before can change them. SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
 * Generators", 2014).
 */
final class Uniforms {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final long ROW_GAMMA = 0xD1342543DE82EF95L;

    private Uniforms() {}

    /** [steps] numbers of one row, with as many random bits as fit below 1 in a float (24). */
    static double[] ofRow(long seed, int row, int steps) {
        long state = mixed(seed + (row + 1L) * ROW_GAMMA);
        double[] numbers = new double[steps];
        for (int t = 0; t < steps; t++) {
            state += GOLDEN_GAMMA;
            numbers[t] = (mixed(state) >>> 40) * 0x1.0p-24;
        }
        return numbers;
    }

    /** The seed whose row b has the numbers of row {@code firstRow} + b. */
    static long seedFromRow(long seed, int firstRow) {
        return seed + firstRow * ROW_GAMMA;
    }

    private static long mixed(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
