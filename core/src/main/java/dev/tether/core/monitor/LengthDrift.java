package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Responses that became much longer or shorter. */
final class LengthDrift implements Check {
    private static final double LONGER = 2;
    private static final double SHORTER = 0.5;
    private static final CheckCard CARD = new CheckCard(
            "LENGTH_DRIFT",
            Severity.WARNING,
            List.of(Figure.RESPONSE_LENGTH),
            "responses of the last 20 steps are on average more than twice as long as those of the first 10, or less than half",
            Rates.AT_THE_LIMIT,
            "see whether the reward pays for length; a penalty per sequence also pays for brevity, so compare nats per token");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        return Shift.of(window, Figure.RESPONSE_LENGTH)
                .filter(shift -> shift.roseAbove(LONGER, Rates.PER_LOOK) || shift.fellBelow(SHORTER, Rates.PER_LOOK))
                .map(shift -> new Alarm(
                        CARD,
                        window.now().step(),
                        "Responses have become much " + (shift.ratio() > 1 ? "longer" : "shorter") + ": "
                                + rough(shift.now().mean()) + " tokens, where it was "
                                + rough(shift.first().mean())
                                + " at the beginning.",
                        shift.explain("tokens per response")));
    }
}
