package dev.tether.trainer.parallel;

import dev.tether.run.InputException;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.Rewards;
import java.util.Arrays;
import java.util.List;

/** A reward that each process asks for some of a batch's scores. */
public final class DividedReward implements RewardModel {
    private final RewardModel own;
    private final Peers peers;

    private DividedReward(RewardModel own, Peers peers) {
        this.own = own;
        this.peers = peers;
    }

    /** The same rewards, each divided. */
    public static Rewards of(Rewards rewards, Peers peers) {
        return new Rewards(
                rewards.parts().stream()
                        .map(part ->
                                new Rewards.Part(part.source(), part.weight(), new DividedReward(part.model(), peers)))
                        .toList(),
                rewards.gold().map(gold -> new DividedReward(gold, peers)));
    }

    @Override
    public double[] score(List<Episode> episodes) {
        int first = Shares.first(episodes.size(), peers.rank(), peers.count());
        int end = Shares.first(episodes.size(), peers.rank() + 1, peers.count());
        List<byte[]> parts = Together.gather(
                peers,
                "reward",
                () -> new PartWriter().add(scores(episodes.subList(first, end))).bytes());
        return parts.stream()
                .map(part -> new PartReader(part).doubles())
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    private double[] scores(List<Episode> episodes) {
        double[] scores = episodes.isEmpty() ? new double[0] : own.score(episodes);
        if (scores.length != episodes.size()) {
            throw new InputException("the reward returned " + scores.length + " scores for " + episodes.size()
                    + " responses: one per response is needed");
        }
        return scores;
    }
}
