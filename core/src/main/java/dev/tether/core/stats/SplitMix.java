package dev.tether.core.stats;

/**
 * SplitMix64 (Steele, Lea and Flood 2014): the draws that a seed stands for, the same on every JDK. Not thread-safe.
 */
public final class SplitMix {
    private long state;

    /** All draws follow from {@code seed}. */
    public SplitMix(long seed) {
        this.state = seed;
    }

    /** 64 random bits. */
    public long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1), 53 bits. */
    public double nextDouble() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in 0..bound−1; the bias of at most bound/2⁵³ is far below any use made of it. */
    public int nextInt(int bound) {
        return (int) (nextDouble() * bound);
    }

    /** Standard normal (Box and Muller). */
    public double nextGaussian() {
        return Math.sqrt(-2 * Math.log1p(-nextDouble())) * Math.cos(2 * Math.PI * nextDouble());
    }
}
