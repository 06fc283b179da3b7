package dev.tether.trainer.reward;

import java.util.Optional;

/**
 * What responses are scored by.
 *
 * @param proxy what is trained on
 * @param gold what is really wanted, or a held-out stand-in for it: measured beside, never trained on
 */
public record Rewards(RewardModel proxy, Optional<RewardModel> gold) {
    public static Rewards of(RewardModel proxy) {
        return new Rewards(proxy, Optional.empty());
    }
}
