package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.percent;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Updates larger than the clip allows. */
final class ClipFractionHigh implements Check {
    private static final int STEPS = 10;
    private static final double LIMIT = 0.3;
    private static final CheckCard CARD = new CheckCard(
            "CLIP_FRACTION_HIGH",
            Severity.WARNING,
            List.of(Figure.CLIP_FRACTION),
            "the clip held back more than 0.3 of the tokens over the last 10 steps",
            Rates.AT_THE_LIMIT,
            "lower the learning rate, or take fewer epochs per step");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] values = window.last(Figure.CLIP_FRACTION, STEPS);
        if (values.length < STEPS || !Level.of(values).isAbove(LIMIT, Rates.PER_LOOK)) {
            return Optional.empty();
        }
        Level level = Level.of(values);
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "The clip held back " + percent(level.mean()) + " of the tokens over the last " + STEPS
                        + " steps: the updates are too large.",
                level.explain("the clip fraction")));
    }
}
