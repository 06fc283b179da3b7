package dev.tether.core.monitor;

import static dev.tether.core.stats.Digits.rough;

import dev.tether.core.monitor.CheckCard.Severity;
import java.util.List;
import java.util.Optional;

/** Sampling and training compute different models. */
final class SamplerMismatch implements Check {
    private static final int STEPS = 10;
    private static final double LIMIT = 0.01;
    private static final CheckCard CARD = new CheckCard(
            "SAMPLER_MISMATCH",
            Severity.CRITICAL,
            List.of(Figure.SAMPLER_KL),
            "sampler and trainer disagree by more than 0.01 nats per token over the last 10 steps, on the same weights",
            Rates.AT_THE_LIMIT,
            "give both the same dtype, temperature and weights; until then every ratio and every KL is off by that much");

    @Override
    public CheckCard card() {
        return CARD;
    }

    @Override
    public Optional<Alarm> examine(Window window) {
        double[] values = window.last(Figure.SAMPLER_KL, STEPS);
        if (values.length < STEPS || !Level.of(values).isAbove(LIMIT, Rates.PER_LOOK)) {
            return Optional.empty();
        }
        Level level = Level.of(values);
        return Optional.of(new Alarm(
                CARD,
                window.now().step(),
                "The sampler and the trainer disagree by " + rough(level.mean())
                        + " nats per token on the same weights: they compute different models.",
                level.explain("KL(sampler ‖ policy) in nats per token")));
    }
}
