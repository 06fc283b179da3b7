package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Samples that the reference finds ever less likely. */
final class LostLanguage implements Check {
    private static final double NATS = 0.5;
    private static final CheckCard CARD = new CheckCard(
            "LOST_LANGUAGE",
            Severity.WARNING,
            List.of(Figure.REFERENCE_NLL),
            "what the reference says of the samples of the last 20 steps is more than 0.5 nats per token worse than of the first 10",
            Rates.AT_THE_LIMIT,
            "raise kl_coef or lower the learning rate; the samples are leaving the language that the reference knows");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        return Shift.of(window, Figure.REFERENCE_NLL)
                .filter(shift -> shift.roseBy(NATS, Rates.PER_LOOK))
                .map(shift -> new Alarm(
                        CARD,
                        window.now().step(),
                        "The reference finds the samples ever less likely: "
                                + rough(shift.now().mean())
                                + " nats per token, where it was "
                                + rough(shift.first().mean())
                                + " at the beginning. The policy is losing its language.",
                        shift.explain("−log π_ref of the samples in nats per token")));
    }
}
