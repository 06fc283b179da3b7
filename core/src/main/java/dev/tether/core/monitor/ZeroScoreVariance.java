package dev.tether.core.monitor;

import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Nothing to learn from. */
final class ZeroScoreVariance implements Check {
    private static final int STEPS = 3;
    private static final double ROUNDING = 1e-9;
    private static final CheckCard CARD = new CheckCard(
            "ZERO_REWARD_VARIANCE",
            Severity.WARNING,
            List.of(Figure.SCORE_SD, Figure.SCORE),
            "all responses of a step scored alike, in each of the last 3 steps",
            Rates.RULE,
            "see whether the reward still tells responses apart; if all reach its maximum, there is nothing left to learn");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] spreads = window.last(Figure.SCORE_SD, STEPS);
        double score = window.now().at(Figure.SCORE);
        double rounding = ROUNDING * Math.max(1, Math.abs(score));
        if (spreads.length < STEPS || Arrays.stream(spreads).anyMatch(sd -> sd > rounding)) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "In each of the last " + STEPS
                        + " steps all responses scored the same: the reward tells them not apart, and"
                        + " nothing can be learned from it.",
                Explanation.of(
                        spreads[STEPS - 1],
                        "standard deviation of the score over responses",
                        Explanation.of(score, "mean score"))));
    }
}
