package dev.tether.core.monitor;

import dev.tether.core.belt.BeltVerdict;
import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The belt got or lost its hold. */
final class VerdictChanged implements Check {
    private static final int STEPS = 200;
    private static final CheckCard CARD = new CheckCard(
            "BELT_VERDICT_CHANGED",
            Severity.WARNING,
            List.of(Figure.BELT_VERDICT),
            "the verdict on the belt is another one than when it was last given",
            Rates.RULE,
            "read docs/belt.md on the placement in use; a belt that is not attached does not hold, whatever β says");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] before = window.before(Figure.BELT_VERDICT, STEPS);
        if (before.length == 0 || !window.now().knows(Figure.BELT_VERDICT)) {
            return Optional.empty();
        }
        double was = before[before.length - 1];
        double is = window.now().at(Figure.BELT_VERDICT);
        if (was == is) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "The belt was " + word(was) + " and is now " + word(is) + ".",
                Explanation.of(
                        is, "verdict now, as " + word(is), Explanation.of(was, "verdict before, as " + word(was)))));
    }

    private static String word(double verdict) {
        return BeltVerdict.State.values()[(int) verdict].name().toLowerCase(Locale.ROOT);
    }
}
