package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.kl.NegativeKlCause;
import dev.tether.core.monitor.CheckCard.Severity;
import dev.tether.core.stats.Explanation;
import java.util.List;
import java.util.Optional;

/** A KL below zero by more than noise, which no KL can be. */
final class KlNegative implements Check {
    private static final int STEPS = 20;
    private static final int ENOUGH = 8;
    private static final double ERRORS = 5;
    private static final CheckCard CARD = new CheckCard(
            "KL_SIGNIFICANTLY_NEGATIVE",
            Severity.CRITICAL,
            List.of(Figure.K1_PER_SEQUENCE, Figure.K1_ERROR_PER_SEQUENCE, Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE),
            "k1 of the step is below zero by 5 of its standard errors; or the mean of k1 (where it is not told, of the KL"
                    + " that is) over the last 20 steps, or all of at least 8, is below zero",
            "for one step of 32 responses, 1 look in 100,000 at a KL of 0; for the mean over steps also, if they do not"
                    + " depend on each other, and 1 in 1,000, if neighbours correlate by 0.5 (t test, corrected for"
                    + " autocorrelation)",
            "compare temperature, top-k and top-p at sampling with those of the logprobs, then padding and position ids,"
                    + " then dropout: the tokens were not drawn from the policy that was measured");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        Optional<Alarm> now = ofThisStep(window);
        return now.isPresent() ? now : ofManySteps(window);
    }

    private static Optional<Alarm> ofThisStep(Window window) {
        double kl = window.now().at(Figure.K1_PER_SEQUENCE);
        double error = window.now().at(Figure.K1_ERROR_PER_SEQUENCE);
        if (!(error > 0) || !(kl < -ERRORS * error)) {
            return Optional.empty();
        }
        return Optional.of(alarm(
                window,
                "In this step KL was " + rough(kl) + " nats per sequence, ± " + rough(error) + ":",
                Explanation.of(
                        kl, "k1 in nats per sequence", Explanation.of(error, "its standard error over responses"))));
    }

    private static Optional<Alarm> ofManySteps(Window window) {
        Figure figure = window.firstKnown(Figure.K1_PER_SEQUENCE, Figure.KL_PER_TOKEN, Figure.KL_PER_SEQUENCE);
        double[] kl = window.last(figure, STEPS);
        if (kl.length < ENOUGH || !Level.of(kl).isBelow(0, Rates.RARELY)) {
            return Optional.empty();
        }
        Level level = Level.of(kl);
        String unit = figure == Figure.KL_PER_TOKEN ? " nats per token" : " nats per sequence";
        return Optional.of(alarm(
                window,
                "Over the last " + kl.length + " steps KL was " + rough(level.mean()) + unit + ",",
                level.explain("KL in" + unit)));
    }

    private static Alarm alarm(Window window, String reading, Explanation explanation) {
        String sentence = reading + " below zero by more than noise. No KL is negative; most often "
                + NegativeKlCause.SAMPLING_WARPERS.sentence() + ".";
        return new Alarm(CARD, window.now().step(), sentence, explanation);
    }
}
