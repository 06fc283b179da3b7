package dev.tether.cli.bench;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.run.journal.OldLogprobFigures;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.rollout.Stopwatch;
import java.util.Map;

/**
 * One measured step.
 *
 * @param seconds of the whole step
 * @param phases seconds of each
 * @param delay share of the step that threads of this process waited for a core; NaN = unknown
 * @param otherCores that other processes used meanwhile; NaN = unknown
 * @param heapBytes allocated on the heap by the training thread
 * @param tokens of all responses
 * @param longest response, in tokens
 * @param oldLogprobs whose logprobs the update began from
 * @param learned what the step says of the policy
 * @param work operations of the step
 */
record BenchStep(
        double seconds,
        Map<Stopwatch.Phase, Double> phases,
        double delay,
        double otherCores,
        long heapBytes,
        int tokens,
        int longest,
        OldLogprobFigures oldLogprobs,
        Learned learned,
        Work work) {
    /** A step in which threads waited for a core more than this says little of the program. */
    private static final double QUIET = 0.08;

    /**
     * How the policy did.
     *
     * @param reward mean
     * @param kl to the reference, by the logprobs of the chosen tokens (k1), nats per sequence
     */
    record Learned(double reward, double kl) {
        static Learned of(StepResult step) {
            double reward = step.record().score().orElseThrow().mean();
            KlSummary kl = KlSummary.of(step.rollout().logprobPair(), KlEstimator.K1);
            return new Learned(reward, kl.natsPerSequence());
        }
    }

    /** Operations that matrix products of a phase need. */
    record Work(double generationFlops, double updateFlops) {}

    double phase(Stopwatch.Phase phase) {
        return phases.getOrDefault(phase, 0.0);
    }

    /** True where other processes took so little that the step's time is the program's; unknown counts as quiet. */
    boolean isQuiet() {
        return !(delay >= QUIET);
    }

    double generationTokensPerSecond() {
        return tokens / phase(Stopwatch.Phase.GENERATION);
    }

    double tokensPerSecond() {
        return tokens / seconds;
    }
}
