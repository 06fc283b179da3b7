package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.percent;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Responses that repeat themselves and each other. */
final class CompressionCollapse implements Check {
    private static final double SHARE = 0.7;
    private static final CheckCard CARD = new CheckCard(
            "COMPRESSION_COLLAPSE",
            Severity.WARNING,
            List.of(Figure.COMPRESSION),
            "the responses of the last 20 steps compress to less than 0.7 times the share that those of the first 10 did",
            Rates.AT_THE_LIMIT,
            "mode collapse: raise kl_coef or the temperature of sampling, and read the samples for the phrase that pays");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        return Shift.of(window, Figure.COMPRESSION)
                .filter(shift -> shift.fellBelow(SHARE, Rates.PER_LOOK))
                .map(shift -> new Alarm(
                        CARD,
                        window.now().step(),
                        "The responses repeat themselves or each other: they compress to "
                                + percent(shift.now().mean())
                                + " of their size, where it was "
                                + percent(shift.first().mean())
                                + " at the beginning.",
                        shift.explain("the compressed share")));
    }
}
