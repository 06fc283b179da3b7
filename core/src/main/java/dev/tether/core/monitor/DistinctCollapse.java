package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.percent;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Responses that become alike. */
final class DistinctCollapse implements Check {
    private static final double SHARE = 0.6;
    private static final CheckCard CARD = new CheckCard(
            "DISTINCT_N_COLLAPSE",
            Severity.WARNING,
            List.of(Figure.DISTINCT_BIGRAMS),
            "the share of distinct token pairs over the last 20 steps is below 0.6 times that of the first 10",
            Rates.AT_THE_LIMIT,
            "mode collapse: raise kl_coef or the temperature of sampling, and read the samples for the phrase that pays");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        return Shift.of(window, Figure.DISTINCT_BIGRAMS)
                .filter(shift -> shift.fellBelow(SHARE, Rates.PER_LOOK))
                .map(shift -> new Alarm(
                        CARD,
                        window.now().step(),
                        "The responses become alike: " + percent(shift.now().mean())
                                + " of their token pairs are distinct, where it was "
                                + percent(shift.first().mean())
                                + " at the beginning.",
                        shift.explain("the share of distinct token pairs")));
    }
}
