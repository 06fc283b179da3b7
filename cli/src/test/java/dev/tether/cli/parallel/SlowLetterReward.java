package dev.tether.cli.parallel;

import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import java.util.List;

/** Likes the letter e, and takes its time, so that a process can be ended in the middle of a run. */
public final class SlowLetterReward implements RewardModel {
    private static final long MILLIS = 200;

    @Override
    public double[] score(List<Episode> episodes) {
        try {
            Thread.sleep(MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return episodes.stream()
                .mapToDouble(
                        each -> each.response().chars().filter(c -> c == 'e').count())
                .toArray();
    }
}
