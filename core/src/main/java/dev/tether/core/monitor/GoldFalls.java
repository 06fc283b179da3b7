package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The reward that is trained on goes up while the one that matters goes down: over-optimisation. */
final class GoldFalls implements Check {
    private static final int LEAST_STEPS = 24;
    private static final int BLOCKS = 10;
    private static final int LEAST_BLOCK = 8;
    private static final int LARGEST_BLOCK = 20;
    private static final double MATERIAL = 0.1;
    private static final double ROSE = 0.01;
    private static final CheckCard CARD = new CheckCard(
            "GOLD_FALLS_WHILE_SCORE_RISES",
            Severity.CRITICAL,
            List.of(Figure.GOLD_SCORE, Figure.SCORE),
            "the gold score of the latest tenth of the run (8 to 20 steps of it) is below that of its best tenth by more"
                    + " than 10 % of what it had gained, while the score is above what it was there",
            "1 look in 100,000 where gold stands still, if steps do not depend on each other; 1 in 2,000, if neighbours"
                    + " correlate by 0.5 (Welch's t test, divided by the tenths that the best was chosen from)",
            "take a checkpoint from near the best gold score; hold the KL of that step as target, or raise kl_coef");

    /** Scores of one stretch of steps. */
    private record Block(long lastStep, Level gold, Level score) {}

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        List<ObservedStep> judged = window.steps().stream()
                .filter(step -> step.knows(Figure.GOLD_SCORE) && step.knows(Figure.SCORE))
                .toList();
        if (judged.size() < LEAST_STEPS || !window.now().knows(Figure.GOLD_SCORE)) {
            return Optional.empty();
        }
        List<Block> blocks = blocks(judged);
        Block now = blocks.get(blocks.size() - 1);
        Block best = blocks.stream()
                .max(Comparator.comparingDouble(b -> b.gold().mean()))
                .orElseThrow();
        double gained = best.gold().mean() - blocks.get(0).gold().mean();
        boolean falls = best != now
                && new Shift(best.gold(), now.gold()).fellBy(MATERIAL * gained, Rates.RARELY / blocks.size())
                && new Shift(best.score(), now.score()).roseBy(0, ROSE);
        return falls ? Optional.of(alarm(window.now(), best, now)) : Optional.empty();
    }

    /** From the end backwards, so that the latest is whole. */
    private static List<Block> blocks(List<ObservedStep> judged) {
        int size = Math.max(LEAST_BLOCK, Math.min(LARGEST_BLOCK, judged.size() / BLOCKS));
        List<Block> blocks = new ArrayList<>();
        for (int end = judged.size(); end >= size; end -= size) {
            List<ObservedStep> steps = judged.subList(end - size, end);
            blocks.add(
                    0,
                    new Block(steps.get(size - 1).step(), level(steps, Figure.GOLD_SCORE), level(steps, Figure.SCORE)));
        }
        return blocks;
    }

    private static Level level(List<ObservedStep> steps, Figure figure) {
        return Level.of(steps.stream().mapToDouble(step -> step.at(figure)).toArray());
    }

    private static Alarm alarm(ObservedStep step, Block best, Block now) {
        String sentence = "The score rises, but the gold score falls: from "
                + rough(best.gold().mean()) + " around step "
                + best.lastStep() + " to " + rough(now.gold().mean()) + ", while the score went from "
                + rough(best.score().mean()) + " to " + rough(now.score().mean())
                + ". The policy learns to please the reward rather than to be good.";
        return new Alarm(
                CARD,
                step.step(),
                sentence,
                Explanation.of(
                        now.gold().mean() - best.gold().mean(),
                        "change of the gold score since its best",
                        best.gold().explain("gold score at its best"),
                        now.gold().explain("gold score now"),
                        best.score().explain("score then"),
                        now.score().explain("score now")));
    }
}
