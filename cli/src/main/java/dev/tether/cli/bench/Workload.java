package dev.tether.cli.bench;

import dev.tether.run.settings.AlgorithmName;
import java.util.ArrayList;
import java.util.List;

/** Where the settings of a measured run begin, before what was given on the command line. */
enum Workload {
    /** What the other trainers were measured with: the same algorithm, model and work in every part. */
    PEERS {
        @Override
        List<String> settings(AlgorithmName algorithm) {
            List<String> settings = new ArrayList<>(TASK);
            settings.addAll(LIKE_FOR_LIKE);
            settings.addAll(algorithm == AlgorithmName.GRPO ? PEERS_GRPO : PEERS_PPO);
            return settings;
        }
    },
    /** The same task, with everything else as {@code tether train} has it. */
    TETHER {
        @Override
        List<String> settings(AlgorithmName algorithm) {
            return TASK;
        }
    };

    private static final List<String> TASK = List.of(
            "seed=1",
            "steps=12",
            "threads=2",
            "prompts.batch_size=32",
            "generation.max_new_tokens=64",
            "optimizer.learning_rate=1e-5");

    /** No reading and no test that the others do not make. */
    private static final List<String> LIKE_FOR_LIKE = List.of(
            "model.dtype=float32",
            "model.value=separate",
            "belt.controller=fixed",
            "belt.meter=sampled",
            "belt.estimator=k1",
            "belt.force_every_steps=0",
            "optimizer.weight_decay=0");

    private static final List<String> PEERS_PPO = List.of(
            "belt.placement=k1_in_reward",
            "belt.kl_coef=0.05",
            "update.epochs=4",
            "update.minibatches=4",
            "ppo.clip_range=0.2",
            "ppo.value_clip_range=0.2",
            "ppo.value_coef=0.1",
            "ppo.gamma=1",
            "ppo.gae_lambda=0.95",
            "ppo.advantages=standardize",
            "ppo.whiten_rewards=none");

    private static final List<String> PEERS_GRPO = List.of(
            "belt.placement=weighted_k3_in_loss",
            "belt.kl_coef=0.04",
            "generation.num_generations=8",
            "update.epochs=1",
            "update.minibatches=1",
            "grpo.loss_type=dapo",
            "grpo.scale_rewards=group",
            "grpo.clip_low=0.2",
            "grpo.clip_high=0.2");

    /** As {@code path=value}, for a run of {@code algorithm}. */
    abstract List<String> settings(AlgorithmName algorithm);
}
