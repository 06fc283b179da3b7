package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** A value function that misleads. */
final class ValueExplainsNothing implements Check {
    private static final int STEPS = 20;
    private static final int WARM_UP = 30;
    private static final CheckCard CARD = new CheckCard(
            "VALUE_EXPLAINS_NOTHING",
            Severity.WARNING,
            List.of(Figure.EXPLAINED_VARIANCE),
            "from the 30th step on, the explained variance of the last 20 steps is below 0",
            Rates.AT_THE_LIMIT,
            "raise ppo.value_coef or the learning rate of the value function; until it learns, advantages are noisier than without it");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] values = window.last(Figure.EXPLAINED_VARIANCE, STEPS);
        if (window.length() < WARM_UP
                || values.length < STEPS
                || !Level.of(values).isBelow(0, Rates.PER_LOOK)) {
            return Optional.empty();
        }
        Level level = Level.of(values);
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "The value function predicts returns worse than a constant would (explained variance "
                        + rough(level.mean()) + "): advantages are noisier than they need be.",
                level.explain("the explained variance")));
    }
}
