package dev.tether.cli.bench;

import dev.tether.cli.console.Words;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.rollout.Stopwatch.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What a recording comes to: the figures of the table and of the JSON. */
record BenchFigures(Recording recording, List<BenchStep> measured) {
    BenchFigures(Recording recording) {
        this(recording, recording.measured());
    }

    /** Seconds of each phase by the names of the table, and of what lies between them. */
    Map<String, Spread> phases() {
        Map<String, Spread> phases = new LinkedHashMap<>();
        phases.put("generation", seconds(Phase.GENERATION));
        phases.put("policy_logprobs", seconds(Phase.EVALUATION));
        phases.put("reference", seconds(Phase.REFERENCE));
        phases.put("reward", seconds(Phase.REWARD));
        phases.put("update", seconds(Phase.UPDATE));
        phases.put("rest", Spread.of(measured, BenchFigures::rest));
        phases.put("total", Spread.of(measured, BenchStep::seconds));
        return phases;
    }

    private Spread seconds(Phase phase) {
        return Spread.of(measured, step -> step.phase(phase));
    }

    private static double rest(BenchStep step) {
        return step.seconds()
                - step.phases().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum();
    }

    /** Measured steps that went on with the sampler's logprobs. */
    long sampledSteps() {
        return measured.stream()
                .filter(step -> step.oldLogprobs().source().equals("sampled"))
                .count();
    }

    /** The largest distance of sampler and trainer in any of them, nats a token. */
    Spread disagreement() {
        return Spread.of(measured, step -> step.oldLogprobs().maxDisagreementNats());
    }

    Spread tokensPerSecond() {
        return Spread.of(measured, BenchStep::tokensPerSecond);
    }

    Spread generationTokensPerSecond() {
        return Spread.of(measured, BenchStep::generationTokensPerSecond);
    }

    Spread tokensPerStep() {
        return Spread.of(measured, BenchStep::tokens);
    }

    Spread heapBytes() {
        return Spread.of(measured, BenchStep::heapBytes);
    }

    /** 10⁹ operations per second of the update's matrix products. */
    Spread updateGigaflops() {
        return Spread.of(measured, step -> step.work().updateFlops() / step.phase(Phase.UPDATE) / 1e9);
    }

    /** 10⁹ operations per second of generation's matrix products. */
    Spread generationGigaflops() {
        return Spread.of(measured, step -> step.work().generationFlops() / step.phase(Phase.GENERATION) / 1e9);
    }

    private long batch() {
        return recording.settings().prompts().batchSize();
    }

    /** The best product with more rows than the batch has responses; empty where none was measured. */
    OptionalDouble ceiling() {
        return recording.ceiling(batch() + 1);
    }

    /** The best product with as many rows as the batch has responses, which is what generation is made of. */
    OptionalDouble generationCeiling() {
        return recording.ceilingOfFew(batch());
    }

    /** How the run is called: {@code tether-ppo}, with what it differs in. */
    String implementation() {
        RunSettings settings = recording.settings();
        String name = "tether-" + Words.name(settings.algorithm());
        String dtype = Words.name(settings.model().dtype());
        return dtype.equals("float32") ? name : name + "-" + dtype;
    }

    String value() {
        RunSettings settings = recording.settings();
        return settings.algorithm().hasValueFunction()
                ? Words.name(settings.model().value())
                : "none";
    }
}
