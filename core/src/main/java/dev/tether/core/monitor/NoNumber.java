package dev.tether.core.monitor;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** NaN or infinite figures, and figures that were there and are gone. */
final class NoNumber implements Check {
    private static final Set<Figure> EVERY_STEP = EnumSet.of(
            Figure.SCORE,
            Figure.KL_PER_TOKEN,
            Figure.KL_PER_SEQUENCE,
            Figure.KL_COEF,
            Figure.ENTROPY,
            Figure.UPDATE_KL,
            Figure.POLICY_LOSS,
            Figure.VALUE_LOSS,
            Figure.GRADIENT_NORM);

    private static final CheckCard CARD = new CheckCard(
            "NOT_A_NUMBER",
            Severity.CRITICAL,
            List.copyOf(EVERY_STEP),
            "a figure is NaN or infinite; or one of these is missing that the step before still told",
            Rates.RULE,
            "go back to the last checkpoint with a lower learning rate; in reduced precision, try float32");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        Set<Figure> wrong = window.now().noNumbers();
        if (window.length() > 1) {
            ObservedStep before = window.steps().get(window.length() - 2);
            EVERY_STEP.stream()
                    .filter(figure -> before.knows(figure) && !window.now().knows(figure))
                    .forEach(wrong::add);
        }
        if (wrong.isEmpty()) {
            return Optional.empty();
        }
        String names = wrong.stream().map(Figure::key).collect(Collectors.joining(", "));
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "No longer a number: " + names + ". What the run learns from here on means nothing.",
                Explanation.of(wrong.size(), "figures that are no number: " + names)));
    }
}
