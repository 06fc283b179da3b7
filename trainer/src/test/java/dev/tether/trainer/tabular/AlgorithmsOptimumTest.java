package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.TrainingLoop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every algorithm with the penalty in the reward reaches the optimum of E[r] − β·KL(π ‖ π_ref), by enumeration. For those that
 * compare whole responses it is even where their noise ends: at π* r − β·log(π/π_ref) is the same for every response, so
 * there is nothing left to compare, whatever the comparison is divided by and however tokens are weighed.
 */
class AlgorithmsOptimumTest {
    private static final double KL_COEF = 0.4;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "algorithm=grpo grpo.scale_rewards=none",
                "algorithm=grpo grpo.scale_rewards=group grpo.loss_type=grpo",
                "algorithm=grpo grpo.scale_rewards=batch grpo.loss_type=dr_grpo",
                "algorithm=grpo grpo.scale_rewards=none grpo.loss_type=cispo grpo.clip_high=5",
                "algorithm=grpo grpo.scale_rewards=none grpo.importance_sampling=sequence grpo.loss_type=grpo",
                "algorithm=rloo",
                "algorithm=reinforce_plus_plus",
                "algorithm=reinforce_plus_plus generation.num_generations=4"
            })
    void convergesToTheClosedFormOptimum(String algorithm) {
        TabularPolicy policy = new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
        train(policy, algorithm, 600);

        double[] optimum = optimum();
        List<int[]> responses = TabularWorld.TREE.responses();
        double reward = 0;
        double kl = 0;
        for (int i = 0; i < optimum.length; i++) {
            reward += optimum[i] * TabularWorld.reward(responses.get(i));
            kl += optimum[i]
                    * (Math.log(optimum[i]) - TabularWorld.TREE.logprob(TabularWorld.REFERENCE, responses.get(i)));
        }
        assertThat(TabularWorld.TREE.expectation(policy.logits, TabularWorld::reward))
                .as("expected reward")
                .isCloseTo(reward, within(0.02 * Math.abs(reward)));
        assertThat(TabularWorld.TREE.kl(policy.logits, TabularWorld.REFERENCE))
                .as("KL")
                .isCloseTo(kl, within(0.02 * kl));
    }

    private static double[] optimum() {
        double[] weights = TabularWorld.TREE.responses().stream()
                .mapToDouble(y -> Math.exp(
                        TabularWorld.TREE.logprob(TabularWorld.REFERENCE, y) + TabularWorld.reward(y) / KL_COEF))
                .toArray();
        double z = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / z).toArray();
    }

    private static void train(TabularPolicy policy, String algorithm, int steps) {
        List<String> values = new ArrayList<>(List.of(
                "steps=" + steps,
                "prompts.batch_size=512",
                "generation.max_new_tokens=3",
                "belt.controller=fixed",
                "belt.kl_coef=" + KL_COEF,
                "update.epochs=2",
                "update.minibatches=2",
                "optimizer.learning_rate=2",
                "optimizer.schedule=linear"));
        values.addAll(List.of(algorithm.split(" ")));
        RunSettings settings = RunSettings.defaults().with(values.toArray(String[]::new));
        TrainingLoop loop = new TrainingLoop(
                TabularWorld.parts(policy), settings, new AtomicLong()::incrementAndGet, () -> Instant.EPOCH);
        for (int step = 0; step < steps; step++) {
            loop.step();
        }
    }
}
