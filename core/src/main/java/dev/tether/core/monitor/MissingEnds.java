package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.percent;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Responses that no longer end by themselves. */
final class MissingEnds implements Check {
    private static final double SHARE = 0.3;
    private static final CheckCard CARD = new CheckCard(
            "MISSING_EOS",
            Severity.WARNING,
            List.of(Figure.ENDED_SHARE),
            "the share of responses that end by themselves fell by more than 0.3 from the first 10 steps to the last 20",
            Rates.AT_THE_LIMIT,
            "set reward.missing_eos_penalty, or allow more new tokens; a response that is cut off is scored for half a thought");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        return Shift.of(window, Figure.ENDED_SHARE)
                .filter(shift -> shift.fellBy(SHARE, Rates.PER_LOOK))
                .map(shift -> new Alarm(
                        CARD,
                        window.now().step(),
                        "Responses no longer end by themselves: "
                                + percent(shift.now().mean()) + " do, where it was "
                                + percent(shift.first().mean()) + " at the beginning.",
                        shift.explain("the share of responses that end by themselves")));
    }
}
