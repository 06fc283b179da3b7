package dev.tether.trainer.reward;

import java.util.List;

/**
 * 1 − |n − wished| / wished for a response of n tokens, its stop token included: 1 at the wished length, 0 for none and
 * for twice as many, negative beyond.
 */
final class LengthReward implements RewardModel {
    private final int wishedTokens;

    LengthReward(int wishedTokens) {
        this.wishedTokens = wishedTokens;
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return episodes.stream()
                .mapToDouble(
                        episode -> 1 - Math.abs(episode.responseIds().length - wishedTokens) / (double) wishedTokens)
                .toArray();
    }
}
