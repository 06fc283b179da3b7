package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** KL that rises as fast as ever, where it should have settled. */
final class KlWithoutBound implements Check {
    private static final int STEPS = 40;
    private static final int BASE = 10;
    /** In steps' own noise: what a CUSUM forgives at each step, and what it must gather. */
    private static final double FORGIVEN = 1;

    private static final double GATHERED = 20;
    private static final double SETTLING = 0.5;
    private static final double STILL = 0.01;
    private static final double MATERIAL = 1.25;
    private static final double TWICE_HEALTHY_PER_TOKEN = 0.2;
    private static final double TARGETS = 1.5;
    private static final CheckCard CARD = new CheckCard(
            "KL_GROWS_WITHOUT_BOUND",
            Severity.CRITICAL,
            List.of(Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE, Figure.TARGET_PER_TOKEN, Figure.TARGET_PER_SEQUENCE),
            "over the last 40 steps KL has a rising trend, its last 10 are a quarter above its first 10, its CUSUM against"
                    + " those passes 20 standard deviations of a step, the second half still rises, at least half as fast"
                    + " as the first, and KL is above 1.5 times its target, or without one above 0.2 nats per token",
            "for the trend alone, where KL has none, 1 look in 1,000, if steps do not depend on each other, and 1 in 100, if"
                    + " neighbours correlate by 0.5; the CUSUM and the other conditions make it rarer",
            "raise kl_coef or give the controller a higher ceiling; what the policy gains there is far from what the"
                    + " reward was made for");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        Figure figure = window.firstKnown(Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE);
        double[] kl = window.last(figure, STEPS);
        if (kl.length < STEPS || !isTooFar(window)) {
            return Optional.empty();
        }
        Trend whole = Trend.of(kl);
        Trend early = Trend.of(Arrays.copyOfRange(kl, 0, STEPS / 2));
        Trend late = Trend.of(Arrays.copyOfRange(kl, STEPS / 2, STEPS));
        double gathered = cusum(kl, whole.noise());
        boolean grows = whole.rises(Rates.PER_LOOK)
                && late.rises(STILL)
                && late.slope() >= SETTLING * early.slope()
                && gathered > GATHERED
                && mean(kl, STEPS - BASE) > MATERIAL * mean(kl, 0);
        return grows ? Optional.of(alarm(window, figure, kl, whole, gathered)) : Optional.empty();
    }

    private static boolean isTooFar(Window window) {
        ObservedStep now = window.now();
        if (now.knows(Figure.TARGET_PER_SEQUENCE)) {
            return isAbove(window, Figure.KL_PER_SEQUENCE, TARGETS * now.at(Figure.TARGET_PER_SEQUENCE));
        }
        if (now.knows(Figure.TARGET_PER_TOKEN)) {
            return isAbove(window, Figure.KL_PER_TOKEN, TARGETS * now.at(Figure.TARGET_PER_TOKEN));
        }
        // of a log that tells nats per sequence alone, no healthy range is known
        return !now.knows(Figure.KL_PER_TOKEN) || isAbove(window, Figure.KL_PER_TOKEN, TWICE_HEALTHY_PER_TOKEN);
    }

    private static boolean isAbove(Window window, Figure figure, double limit) {
        double[] values = window.last(figure, BASE);
        return values.length == BASE && Level.of(values).mean() > limit;
    }

    private static double mean(double[] kl, int from) {
        return Level.of(Arrays.copyOfRange(kl, from, from + BASE)).mean();
    }

    /** Page's one-sided sum, restarted at zero, in units of a step's noise. */
    private static double cusum(double[] kl, double noise) {
        double base = mean(kl, 0);
        double sum = 0;
        for (int i = BASE; i < kl.length; i++) {
            sum = noise == 0 ? 0 : Math.max(0, sum + (kl[i] - base) / noise - FORGIVEN);
        }
        return sum;
    }

    private static Alarm alarm(Window window, Figure figure, double[] kl, Trend trend, double gathered) {
        String unit = figure == Figure.KL_PER_TOKEN ? " nats per token" : " nats per sequence";
        double start = mean(kl, 0);
        double end = mean(kl, STEPS - BASE);
        String sentence = "KL keeps growing and does not settle: from " + rough(start) + " to " + rough(end) + unit
                + " within " + STEPS + " steps.";
        return new Alarm(
                CARD,
                window.now().step(),
                sentence,
                Explanation.of(
                        trend.slope(),
                        "slope of KL," + unit + " and step",
                        Explanation.of(trend.standardError(), "standard error of the slope"),
                        Explanation.of(gathered, "CUSUM of KL in standard deviations of a step"),
                        Explanation.of(start, "KL of the first " + BASE + " steps," + unit),
                        Explanation.of(end, "KL of the last " + BASE + " steps," + unit)));
    }
}
