package dev.tether.run.settings;

import java.util.List;

/**
 * Everything a run is made of. Immutable; each section validates itself. In YAML the keys are the component names in
 * snake case; {@link SettingsReader} reads it, {@link SettingsWriter} writes it.
 *
 * @param seed of every random choice of the run
 * @param steps passes of the training loop; ≥ 1
 * @param threads of the numeric library; 0 = as many as the machine has cores
 * @param algorithm that makes an update of a batch; the sections of the others are not read
 */
public record RunSettings(
        @Meaning("seed of every random choice: prompts, sampling, minibatches, value head")
        long seed,

        @Meaning("steps of the training loop; one step is one batch of responses and its update")
        int steps,

        @Meaning("threads of the numeric library; 0 = one per core")
        int threads,

        @Meaning("how scored responses become an update: ppo | grpo | rloo | reinforce_plus_plus | dpo (from pairs)")
        AlgorithmName algorithm,

        @Meaning("the language model and its frozen reference")
        ModelSettings model,

        @Meaning("low-rank adapters, trained instead of the model's weights")
        LoraSettings lora,

        @Meaning("what the policy is asked") PromptSettings prompts,
        @Meaning("how the policy answers") GenerationSettings generation,
        @Meaning("what is rewarded") RewardSettings reward,

        @Meaning("the KL belt that ties the policy to its reference")
        BeltSettings belt,

        @Meaning("what every algorithm shares when a batch becomes an update")
        UpdateSettings update,

        @Meaning("algorithm ppo") PpoSettings ppo,
        @Meaning("algorithm grpo") GrpoSettings grpo,
        @Meaning("algorithm rloo") RlooSettings rloo,

        @Meaning("algorithm reinforce_plus_plus") ReinforcePlusPlusSettings reinforcePlusPlus,

        @Meaning("algorithm dpo") DpoSettings dpo,

        @Meaning("AdamW and its learning rate") OptimizerSettings optimizer,
        @Meaning("what a stopped run continues from") CheckpointSettings checkpoints) {

    public RunSettings {
        Require.atLeast("steps", steps, 1);
        Require.atLeast("threads", threads, 0);
        Require.present("model", model);
        Require.present("lora", lora);
        Require.present("prompts", prompts);
        Require.present("generation", generation);
        Require.present("reward", reward);
        Require.present("belt", belt);
        Require.present("algorithm", algorithm);
        Require.present("update", update);
        Require.present("ppo", ppo);
        Require.present("grpo", grpo);
        Require.present("rloo", rloo);
        Require.present("reinforce_plus_plus", reinforcePlusPlus);
        Require.present("dpo", dpo);
        Require.present("optimizer", optimizer);
        Require.present("checkpoints", checkpoints);
        Require.that(
                update.minibatches() <= prompts.batchSize(),
                "update.minibatches",
                update.minibatches(),
                "at most prompts.batch_size = " + prompts.batchSize());
        Require.that(
                optimizer.warmupSteps() <= steps,
                "optimizer.warmup_steps",
                optimizer.warmupSteps(),
                "at most steps = " + steps);
        requireNoBeltOnPairs(algorithm, belt, dpo);
        int answers = answersPerPrompt(algorithm, generation);
        Require.that(
                answers >= 2 || !algorithm.needsGroups(),
                "generation.num_generations",
                answers,
                "at least 2 with algorithm = " + Schema.word(algorithm) + ", which compares answers to one prompt");
        Require.that(
                prompts.batchSize() % answers == 0,
                "prompts.batch_size",
                prompts.batchSize(),
                "a multiple of the " + answers + " answers to each prompt (generation.num_generations)");
        if (lora.isOn()) {
            requireOneModel(algorithm, model, belt);
        }
    }

    private static void requireOneModel(AlgorithmName algorithm, ModelSettings model, BeltSettings belt) {
        Require.that(
                model.value() == ModelSettings.Value.SHARED || !algorithm.hasValueFunction(),
                "model.value",
                Schema.word(model.value()),
                "shared with an adapter (lora): a value network of its own is a whole second model to train");
        Require.that(
                belt.reAnchor().how() == ReAnchorSettings.How.NEVER,
                "belt.re_anchor.how",
                Schema.word(belt.reAnchor().how()),
                "never with an adapter (lora): the reference is the model with its adapter off, and has no weights to move");
    }

    /** What would hold the policy on its own answers holds nothing where it does not learn from them. */
    private static void requireNoBeltOnPairs(AlgorithmName algorithm, BeltSettings belt, DpoSettings dpo) {
        if (algorithm.learnsFromItsAnswers()) {
            return;
        }
        String word = Schema.word(algorithm);
        Require.that(
                belt.controller() == BeltSettings.Controller.FIXED && belt.klCoef() == 0,
                "belt.kl_coef",
                belt.klCoef(),
                "0 and belt.controller fixed with algorithm = " + word + ", whose price of a nat is dpo.beta");
        Require.that(
                belt.hardLimit().natsPerToken().isEmpty()
                        && belt.hardLimit().natsPerSequence().isEmpty(),
                "belt.hard_limit",
                "set",
                "null with algorithm = " + word + ", which does not learn from the answers that KL is measured on");
        Require.that(
                belt.reAnchor().how() == ReAnchorSettings.How.NEVER,
                "belt.re_anchor.how",
                Schema.word(belt.reAnchor().how()),
                "never with algorithm = " + word + ", whose pairs are read against one reference");
        Require.that(dpo.pairs().isPresent(), "dpo.pairs", "null", "a preference file with algorithm = " + word);
    }

    /** Responses to each prompt of a batch: as many as the settings say, or as the algorithm has it. */
    public int answersPerPrompt() {
        return answersPerPrompt(algorithm, generation);
    }

    private static int answersPerPrompt(AlgorithmName algorithm, GenerationSettings generation) {
        return generation.numGenerations() > 0 ? generation.numGenerations() : algorithm.answersPerPrompt();
    }

    /** The settings of a run of which nothing was said. */
    public static RunSettings defaults() {
        return new RunSettings(
                17,
                120,
                0,
                AlgorithmName.PPO,
                ModelSettings.defaults(),
                LoraSettings.defaults(),
                PromptSettings.defaults(),
                GenerationSettings.defaults(),
                RewardSettings.defaults(),
                BeltSettings.defaults(),
                UpdateSettings.defaults(),
                PpoSettings.defaults(),
                GrpoSettings.defaults(),
                RlooSettings.defaults(),
                ReinforcePlusPlusSettings.defaults(),
                DpoSettings.defaults(),
                OptimizerSettings.defaults(),
                CheckpointSettings.defaults());
    }

    /**
     * These settings with some values replaced.
     *
     * @param overrides each {@code path=value}, such as {@code update.epochs=2}
     * @throws dev.tether.run.InputException for an unknown path or a value that breaks a law
     */
    public RunSettings with(String... overrides) {
        return SettingsReader.override(this, List.of(overrides));
    }
}
