package dev.tether.cli.bench;

import dev.tether.run.journal.OldLogprobFigures;
import dev.tether.trainer.rollout.Stopwatch.Phase;
import java.util.Map;

/** Steps that were never taken. */
final class Steps {
    private Steps() {}

    /** 2000 tokens, 1e9 operations each in generation and 6e9 in the update; a tenth of it lies between the phases. */
    static BenchStep step(double seconds, double delay) {
        Map<Phase, Double> phases = Map.of(
                Phase.GENERATION, 0.2 * seconds,
                Phase.EVALUATION, 0.1 * seconds,
                Phase.REFERENCE, 0.05 * seconds,
                Phase.REWARD, 0.05 * seconds,
                Phase.UPDATE, 0.5 * seconds);
        return new BenchStep(
                seconds,
                phases,
                delay,
                0.25,
                1 << 20,
                2000,
                64,
                new OldLogprobFigures(delay > 0.25 ? "recomputed" : "sampled", 4, 1e-6 * seconds),
                new BenchStep.Learned(0.5, 0.125),
                new BenchStep.Work(1e9, 6e9));
    }
}
