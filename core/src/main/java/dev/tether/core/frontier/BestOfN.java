package dev.tether.core.frontier;

/**
 * What choosing the best of n samples of the reference would reach.
 *
 * @param n samples to choose from
 * @param reward expected reward of the chosen one
 * @param natsBound log n − (n − 1)/n: KL is at most this, and equal to it where no two outcomes tie (Beirami et al. 2024)
 */
public record BestOfN(int n, double reward, double natsBound) {
    /**
     * log n − (n − 1)/n, nats: the KL of choosing the best of n where no two outcomes tie. Where outcomes are discrete it is
     * an upper bound, and may be a loose one (Beirami et al., "Theoretical guarantees on the best-of-n alignment policy",
     * 2024, theorem 1).
     */
    public static double natsBound(int n) {
        return Math.log(n) - (n - 1.0) / n;
    }
}
