package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.TrainingLoop;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The belt, proven: on a policy that is a table, the whole training loop with k1 in the reward converges to the optimum of
 * E[r] − β·KL(π ‖ π_ref), known in closed form: π*(y) ∝ π_ref(y)·exp(r(y)/β), over all responses y by enumeration.
 */
class ClosedFormOptimumTest {
    private static final TabularTree TREE = TabularWorld.TREE;
    private static final double[][] REFERENCE = TabularWorld.REFERENCE;

    @ParameterizedTest
    @ValueSource(doubles = {0.15, 0.4, 1.0})
    void trainingConvergesToTheClosedFormOptimum(double klCoef) {
        TabularPolicy policy = new TabularPolicy(TREE, REFERENCE);
        train(policy, klCoef, 900);

        double[] optimum = optimum(klCoef);
        List<int[]> responses = TREE.responses();
        double reward = 0;
        double kl = 0;
        for (int i = 0; i < optimum.length; i++) {
            reward += optimum[i] * TabularWorld.reward(responses.get(i));
            kl += optimum[i] * (Math.log(optimum[i]) - TREE.logprob(REFERENCE, responses.get(i)));
        }
        assertThat(TREE.expectation(policy.logits, TabularWorld::reward))
                .as("expected reward")
                .isCloseTo(reward, within(0.02 * Math.abs(reward)));
        assertThat(TREE.kl(policy.logits, REFERENCE)).as("KL").isCloseTo(kl, within(0.02 * kl));
    }

    @Test
    void withoutABeltThePolicyLeavesTheOptimumOfEveryBeltBehind() {
        TabularPolicy policy = new TabularPolicy(TREE, REFERENCE);
        train(policy, 0, 900);
        double best = TREE.responses().stream()
                .mapToDouble(TabularWorld::reward)
                .max()
                .orElseThrow();
        assertThat(TREE.expectation(policy.logits, TabularWorld::reward)).isGreaterThan(0.98 * best);
    }

    private static double[] optimum(double klCoef) {
        double[] weights = TREE.responses().stream()
                .mapToDouble(y -> Math.exp(TREE.logprob(REFERENCE, y) + TabularWorld.reward(y) / klCoef))
                .toArray();
        double z = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / z).toArray();
    }

    private static void train(TabularPolicy policy, double klCoef, int steps) {
        RunSettings settings = RunSettings.defaults()
                .with(
                        "steps=" + steps,
                        "prompts.batch_size=512",
                        "generation.max_new_tokens=3",
                        "belt.controller=fixed",
                        "belt.kl_coef=" + klCoef,
                        "update.epochs=2",
                        "update.minibatches=2",
                        "ppo.value_coef=1",
                        "ppo.value_clip_range=1000",
                        "ppo.gae_lambda=1",
                        "ppo.advantages=raw",
                        "optimizer.learning_rate=4",
                        "optimizer.schedule=linear");
        TrainingLoop loop = new TrainingLoop(
                TabularWorld.parts(policy), settings, new AtomicLong()::incrementAndGet, () -> Instant.EPOCH);
        for (int step = 0; step < steps; step++) {
            loop.step();
        }
    }
}
