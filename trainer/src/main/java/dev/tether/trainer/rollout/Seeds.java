package dev.tether.trainer.rollout;

import java.util.Arrays;

/**
 * All randomness of a run, derived from one seed by what it is for and where in the run it is needed. No generator has a
 * state that a checkpoint could lose: the stream of step n is the same in a fresh, a resumed and a replayed run.
 */
public record Seeds(long runSeed) {
    /** What a stream of random numbers is for. */
    public enum Purpose {
        PROMPT_ORDER,
        SAMPLING,
        MINIBATCH_ORDER,
        PROBE,
        ADAPTER,
        PREFERENCE_ORDER
    }

    /** The seed of one stream. */
    public long of(Purpose purpose, long step, long index) {
        long h = mix(runSeed + 0x9E3779B97F4A7C15L * (purpose.ordinal() + 1));
        h = mix(h ^ (step * 0xD1B54A32D192ED03L));
        return mix(h ^ (index * 0x8CB92BA72F3D8DD7L));
    }

    /** A permutation of 0..n−1 (Fisher–Yates over the SplitMix64 stream of these coordinates). */
    public int[] permutation(int n, Purpose purpose, long step, long index) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        long state = of(purpose, step, index);
        for (int i = n - 1; i > 0; i--) {
            state += 0x9E3779B97F4A7C15L;
            int j = (int) Long.remainderUnsigned(mix(state), i + 1L);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
