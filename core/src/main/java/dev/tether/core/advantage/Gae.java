package dev.tether.core.advantage;

import dev.tether.core.kl.ResponseMask;

/**
 * Generalised advantage estimation over the counted positions of each sequence, as if the uncounted ones were not there
 * (Schulman et al. 2016, equation 16): δ_t = r_t + γ·V_{t+1} − V_t, A_t = δ_t + γλ·A_{t+1}, where t+1 is the next
 * <i>counted</i> position, and value and advantage after the last one are 0.
 */
public final class Gae {
    private Gae() {}

    /**
     * Advantages and returns.
     *
     * @param rewards [B][T]; entries that {@code mask} does not count are never read
     * @param values [B][T], V of the state before each token; likewise
     * @param mask the positions that carry reward: the {@code rewardMask} of the shaped rewards
     */
    public static Advantages estimate(double[][] rewards, double[][] values, ResponseMask mask, GaeSettings settings) {
        mask.requireShape("rewards", rewards);
        mask.requireShape("values", values);
        double[][] advantages = new double[rewards.length][];
        double[][] returns = new double[rewards.length][];
        for (int b = 0; b < rewards.length; b++) {
            advantages[b] = new double[rewards[b].length];
            returns[b] = new double[rewards[b].length];
            double nextValue = 0;
            double nextAdvantage = 0;
            for (int t = rewards[b].length - 1; t >= 0; t--) {
                if (mask.counts(b, t)) {
                    double delta = rewards[b][t] + settings.gamma() * nextValue - values[b][t];
                    nextAdvantage = delta + settings.gamma() * settings.lambda() * nextAdvantage;
                    nextValue = values[b][t];
                    advantages[b][t] = nextAdvantage;
                    returns[b][t] = nextAdvantage + nextValue;
                }
            }
        }
        return new Advantages(advantages, returns);
    }
}
