package dev.tether.trainer.reward;

import java.util.List;

/**
 * Gives one score per episode, higher is better. The place to plug in a reward of one's own: implement it with a public
 * constructor without parameters and name it {@code class:com.example.MyReward}.
 */
@FunctionalInterface
public interface RewardModel {
    /** Scores, one per episode, in order; each finite. */
    double[] score(List<Episode> episodes);
}
