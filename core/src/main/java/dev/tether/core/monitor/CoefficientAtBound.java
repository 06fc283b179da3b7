package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A controller that can do no more. */
final class CoefficientAtBound implements Check {
    private static final int STEPS = 10;
    private static final CheckCard CARD = new CheckCard(
            "COEFFICIENT_AT_BOUND",
            Severity.WARNING,
            List.of(Figure.COEFFICIENT_BOUND, Figure.KL_COEF),
            "β stood at its floor, or at its ceiling, in each of the last 10 steps",
            Rates.RULE,
            "at the ceiling: raise it, or accept more KL. At the floor: the target is more than this reward can use;"
                    + " lower it, or the floor");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] bounds = window.last(Figure.COEFFICIENT_BOUND, STEPS);
        double bound = window.now().at(Figure.COEFFICIENT_BOUND);
        boolean stuck =
                bounds.length == STEPS && bound != 0 && Arrays.stream(bounds).allMatch(b -> b == bound);
        if (!stuck) {
            return Optional.empty();
        }
        double klCoef = window.now().at(Figure.KL_COEF);
        String where = bound > 0 ? "ceiling" : "floor";
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "For " + STEPS + " steps β has stood at its " + where + ", " + rough(klCoef)
                        + ": the controller cannot " + (bound > 0 ? "tighten" : "loosen") + " the belt any further.",
                Explanation.of(klCoef, "β, at its " + where)));
    }
}
