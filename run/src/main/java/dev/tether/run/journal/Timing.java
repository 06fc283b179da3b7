package dev.tether.run.journal;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Everything of a step that differs from one run of the same settings to the next, beside {@code tokens_per_second}.
 *
 * @param time at the end of the step
 * @param stepSeconds the whole step
 * @param generationSeconds sampling the responses
 * @param rewardSeconds scoring them
 * @param evaluationSeconds logprobs of policy and reference, and values
 * @param updateSeconds the PPO epochs
 */
public record Timing(
        Instant time,
        OptionalDouble stepSeconds,
        OptionalDouble generationSeconds,
        OptionalDouble rewardSeconds,
        OptionalDouble evaluationSeconds,
        OptionalDouble updateSeconds) {
    public Timing {
        Figures.law(time != null, "timing.time", "null", "given");
        stepSeconds = Figures.known("timing.step_seconds", stepSeconds);
        generationSeconds = Figures.known("timing.generation_seconds", generationSeconds);
        rewardSeconds = Figures.known("timing.reward_seconds", rewardSeconds);
        evaluationSeconds = Figures.known("timing.evaluation_seconds", evaluationSeconds);
        updateSeconds = Figures.known("timing.update_seconds", updateSeconds);
    }
}
