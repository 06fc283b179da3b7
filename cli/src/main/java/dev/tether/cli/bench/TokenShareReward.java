package dev.tether.cli.bench;

import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The share of a response's tokens that are of a kind: costs next to nothing and can be learned, so that what is measured
 * is the trainer and what it learns can be compared.
 */
record TokenShareReward(IntPredicate wanted) implements RewardModel {
    /** Tokens of the upper half of the vocabulary. */
    static TokenShareReward upperHalf(int vocabularySize) {
        return new TokenShareReward(id -> id >= vocabularySize / 2);
    }

    /** One token. */
    static TokenShareReward of(int token) {
        return new TokenShareReward(id -> id == token);
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return episodes.stream().mapToDouble(this::share).toArray();
    }

    private double share(Episode episode) {
        return Arrays.stream(episode.responseIds())
                .mapToDouble(id -> wanted.test(id) ? 1 : 0)
                .average()
                .orElse(0);
    }
}
