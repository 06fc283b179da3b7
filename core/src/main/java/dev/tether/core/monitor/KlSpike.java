package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A step whose KL stands out from those before it. */
final class KlSpike implements Check {
    private static final int STEPS = 30;
    private static final int ENOUGH = 10;
    private static final double DEVIATIONS = 10;
    private static final double LEAST_PER_TOKEN = 0.1;
    private static final double LEAST_PER_SEQUENCE = 1;
    private static final double MEDIANS = 4;
    private static final double LEAST_MAX_KL = 10;
    private static final int MANY = 40;
    private static final int RECENT = 10;
    private static final int AGAIN = 3;
    private static final int LATELY = 5;
    private static final double SUDDENLY = 2;
    private static final CheckCard CARD = new CheckCard(
            "KL_SPIKE",
            Severity.WARNING,
            List.of(Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE, Figure.MAX_KL),
            "mean KL is above the median of the 30 steps before by 10 of their robust standard deviations and by 0.1"
                    + " nats per token (1 nat per sequence, where that alone is known), and is twice the median of the"
                    + " last 5; or in 3 of the last 10 steps the largest single token is above 10 nats and above 4 times"
                    + " its median over the last 40",
            Rates.RULE,
            "look at the samples of these steps; if it comes back, lower the learning rate or set a hard limit");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        Optional<Alarm> ofMean = mean(window);
        return ofMean.isPresent() ? ofMean : largest(window);
    }

    private static Optional<Alarm> mean(Window window) {
        Figure figure = window.firstKnown(Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE);
        double[] before = window.before(figure, STEPS);
        double kl = window.now().at(figure);
        if (before.length < ENOUGH || Double.isNaN(kl)) {
            return Optional.empty();
        }
        double median = Medians.median(before);
        double deviation = Medians.robustDeviation(before);
        double least = figure == Figure.KL_PER_TOKEN ? LEAST_PER_TOKEN : LEAST_PER_SEQUENCE;
        boolean jumped = kl - median > Math.max(least, DEVIATIONS * deviation) && kl > SUDDENLY * lately(before);
        if (!jumped) {
            return Optional.empty();
        }
        String unit = figure == Figure.KL_PER_TOKEN ? " nats per token" : " nats per sequence";
        return Optional.of(alarm(
                window,
                "KL jumped to " + rough(kl) + unit + "; the " + before.length + " steps before had a median of "
                        + rough(median) + ".",
                Explanation.of(
                        kl,
                        "KL of this step," + unit,
                        Explanation.of(median, "median of the " + before.length + " steps before"),
                        Explanation.of(
                                deviation, "their standard deviation, from the median of absolute deviations"))));
    }

    /** Not of one step: among so many tokens, a rare one comes up in every healthy run. */
    private static Optional<Alarm> largest(Window window) {
        double[] many = window.last(Figure.MAX_KL, MANY);
        if (many.length < ENOUGH || !window.now().knows(Figure.MAX_KL)) {
            return Optional.empty();
        }
        double median = Medians.median(many);
        double limit = Math.max(LEAST_MAX_KL, MEDIANS * median);
        double[] lately = window.last(Figure.MAX_KL, RECENT);
        double[] spikes = Arrays.stream(lately).filter(kl -> kl > limit).toArray();
        if (spikes.length < AGAIN) {
            return Optional.empty();
        }
        double largest = Arrays.stream(spikes).max().orElseThrow();
        return Optional.of(alarm(
                window,
                "In " + spikes.length + " of the last " + RECENT + " steps a single token cost more than "
                        + rough(limit)
                        + " nats, up to " + rough(largest) + "; the worst token of a step usually costs "
                        + rough(median)
                        + ".",
                Explanation.of(
                        largest,
                        "largest KL of a token, nats",
                        Explanation.of(spikes.length, "of the last " + RECENT + " steps above the limit"),
                        Explanation.of(limit, "limit, nats"),
                        Explanation.of(median, "median over the last " + many.length + " steps"))));
    }

    /** Of the last steps: a KL that rises steadily soon leaves the median of many, too. */
    private static double lately(double[] before) {
        return Medians.median(Arrays.copyOfRange(before, before.length - LATELY, before.length));
    }

    private static Alarm alarm(Window window, String sentence, Explanation explanation) {
        return new Alarm(CARD, window.now().step(), sentence, explanation);
    }
}
