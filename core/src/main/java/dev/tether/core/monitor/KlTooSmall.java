package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** The belt holds so tightly that nothing is learned. */
final class KlTooSmall implements Check {
    private static final int STEPS = 20;
    private static final double LEAST = 0.01;
    private static final CheckCard CARD = new CheckCard(
            "KL_TOO_SMALL",
            Severity.INFO,
            List.of(Figure.KL_PER_TOKEN, Figure.KL_COEF, Figure.TARGET_PER_TOKEN, Figure.TARGET_PER_SEQUENCE),
            "from the 40th step on, the KL of the last 20 steps is below 0.01 nats per token, β is not 0, and no target"
                    + " asks for so little",
            Rates.AT_THE_LIMIT,
            "lower kl_coef, or raise the learning rate: the policy has hardly moved from the reference");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] kl = window.last(Figure.KL_PER_TOKEN, STEPS);
        if (window.length() < 2 * STEPS || kl.length < STEPS || isWanted(window.now())) {
            return Optional.empty();
        }
        Level level = Level.of(kl);
        // a KL below zero is another check's matter
        if (!level.isBelow(LEAST, Rates.PER_LOOK) || level.mean() < 0) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "Over the last " + STEPS + " steps KL was " + rough(level.mean())
                        + " nats per token, below 0.01: the policy is all but the reference. β may be too high.",
                level.explain("KL in nats per token")));
    }

    /** True where β is 0, or the target is itself below the limit or reached. */
    private static boolean isWanted(ObservedStep now) {
        double perToken = now.at(Figure.TARGET_PER_TOKEN);
        double perSequence = now.at(Figure.TARGET_PER_SEQUENCE);
        return now.at(Figure.KL_COEF) == 0 || perToken < 2 * LEAST || now.at(Figure.KL_PER_SEQUENCE) > perSequence / 2;
    }
}
