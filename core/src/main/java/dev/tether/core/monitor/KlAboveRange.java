package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.List;
import java.util.Optional;

/** The policy left the range that was meant for it. */
final class KlAboveRange implements Check {
    private static final int STEPS = 20;
    private static final double HEALTHY_PER_TOKEN = 0.1;
    private static final double TARGETS = 1.5;
    private static final CheckCard CARD = new CheckCard(
            "KL_ABOVE_RANGE",
            Severity.WARNING,
            List.of(Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE, Figure.TARGET_PER_TOKEN, Figure.TARGET_PER_SEQUENCE),
            "the KL of the last 20 steps is above 1.5 times its target; without a target, above 0.1 nats per token",
            Rates.AT_THE_LIMIT,
            "raise kl_coef, or lower the learning rate; with a controller, see whether β is at its ceiling");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        ObservedStep now = window.now();
        boolean perSequence = now.knows(Figure.TARGET_PER_SEQUENCE);
        Figure figure = perSequence ? Figure.KL_PER_SEQUENCE : Figure.KL_PER_TOKEN;
        double target = now.at(perSequence ? Figure.TARGET_PER_SEQUENCE : Figure.TARGET_PER_TOKEN);
        boolean aimed = !Double.isNaN(target);
        double limit = aimed ? TARGETS * target : HEALTHY_PER_TOKEN;
        double[] values = window.last(figure, STEPS);
        if (values.length < STEPS || !Level.of(values).isAbove(limit, Rates.PER_LOOK)) {
            return Optional.empty();
        }
        Level level = Level.of(values);
        String unit = perSequence ? " nats per sequence" : " nats per token";
        String sentence = "Over the last " + STEPS + " steps KL was " + rough(level.mean()) + unit + ", above "
                + (aimed ? TARGETS + " times its target of " + rough(target) : "the healthy 0.01 to " + limit)
                + ": the policy is further from the reference than was meant.";
        return Optional.of(new Alarm(
                CARD,
                now.step(),
                sentence,
                Explanation.of(
                        level.mean() / limit,
                        "KL as a multiple of its limit",
                        level.explain("KL in" + unit),
                        Explanation.of(limit, "limit in" + unit))));
    }
}
