package dev.tether.run.settings;

import java.util.List;

/**
 * Everything a run is made of. Immutable; each section validates itself. In YAML the keys are the component names in
 * snake case; {@link SettingsReader} reads it, {@link SettingsWriter} writes it.
 *
 * @param seed of every random choice of the run
 * @param steps passes of the training loop; ≥ 1
 * @param threads of the numeric library; 0 = as many as the machine has cores
 */
public record RunSettings(
        @Meaning("seed of every random choice: prompts, sampling, minibatches, value head")
        long seed,

        @Meaning("steps of the training loop; one step is one batch of responses and its update")
        int steps,

        @Meaning("threads of the numeric library; 0 = one per core")
        int threads,

        @Meaning("the language model and its frozen reference")
        ModelSettings model,

        @Meaning("what the policy is asked") PromptSettings prompts,
        @Meaning("how the policy answers") GenerationSettings generation,
        @Meaning("what is rewarded") RewardSettings reward,

        @Meaning("the KL belt that ties the policy to its reference")
        BeltSettings belt,

        @Meaning("how a batch becomes an update") PpoSettings ppo,
        @Meaning("AdamW and its learning rate") OptimizerSettings optimizer,
        @Meaning("what a stopped run continues from") CheckpointSettings checkpoints) {

    public RunSettings {
        Require.atLeast("steps", steps, 1);
        Require.atLeast("threads", threads, 0);
        Require.present("model", model);
        Require.present("prompts", prompts);
        Require.present("generation", generation);
        Require.present("reward", reward);
        Require.present("belt", belt);
        Require.present("ppo", ppo);
        Require.present("optimizer", optimizer);
        Require.present("checkpoints", checkpoints);
        Require.that(
                ppo.minibatches() <= prompts.batchSize(),
                "ppo.minibatches",
                ppo.minibatches(),
                "at most prompts.batch_size = " + prompts.batchSize());
        Require.that(
                optimizer.warmupSteps() <= steps,
                "optimizer.warmup_steps",
                optimizer.warmupSteps(),
                "at most steps = " + steps);
    }

    /** The settings of a run of which nothing was said. */
    public static RunSettings defaults() {
        return new RunSettings(
                17,
                120,
                0,
                ModelSettings.defaults(),
                PromptSettings.defaults(),
                GenerationSettings.defaults(),
                RewardSettings.defaults(),
                BeltSettings.defaults(),
                PpoSettings.defaults(),
                OptimizerSettings.defaults(),
                CheckpointSettings.defaults());
    }

    /**
     * These settings with some values replaced.
     *
     * @param overrides each {@code path=value}, such as {@code ppo.epochs=2}
     * @throws dev.tether.run.InputException for an unknown path or a value that breaks a law
     */
    public RunSettings with(String... overrides) {
        return SettingsReader.override(this, List.of(overrides));
    }
}
