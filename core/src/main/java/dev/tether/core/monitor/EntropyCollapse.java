package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** A policy that stops trying things. */
final class EntropyCollapse implements Check {
    private static final double HALF = 0.5;
    private static final CheckCard CARD = new CheckCard(
            "ENTROPY_COLLAPSE",
            Severity.WARNING,
            List.of(Figure.ENTROPY),
            "the entropy of the last 20 steps is below half of that of the first 10",
            Rates.AT_THE_LIMIT,
            "raise kl_coef, lower the learning rate, or give entropy_coef a small value; read the samples for mode collapse");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        return Shift.of(window, Figure.ENTROPY)
                .filter(shift -> shift.fellBelow(HALF, Rates.PER_LOOK))
                .map(shift -> new Alarm(
                        CARD,
                        window.now().step(),
                        "The policy has become " + rough(1 / shift.ratio())
                                + " times as certain: its entropy fell from "
                                + rough(shift.first().mean()) + " to "
                                + rough(shift.now().mean())
                                + " nats per token. It hardly tries other words any more.",
                        shift.explain("the entropy in nats per token")));
    }
}
