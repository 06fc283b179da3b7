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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        assertEndsAt(policy, reward, kl);
    }

    /**
     * docs/algorithms.md: blind to later tokens, the penalty in the loss has an optimum of its own; and where a response is
     * part of the mean that it is compared with, the score has 7/8 of its weight beside the penalty.
     */
    @ParameterizedTest
    @CsvSource({
        "algorithm=ppo belt.placement=rao_blackwell_in_loss ppo.gae_lambda=1 ppo.advantages=raw ppo.value_coef=1"
                + " ppo.value_clip_range=1000, 1",
        "algorithm=grpo belt.placement=rao_blackwell_in_loss grpo.scale_rewards=none, 0.875",
        "algorithm=grpo belt.placement=weighted_k3_in_loss grpo.scale_rewards=none, 0.875",
        "algorithm=rloo belt.placement=weighted_k3_in_loss, 1"
    })
    void withThePenaltyInTheLossConvergesToTheTokenLocalOptimum(String algorithm, double weightOfScores) {
        TabularPolicy policy = new TabularPolicy(TabularWorld.TREE, TabularWorld.REFERENCE);
        train(policy, algorithm, 1200);

        double[][] optimum = tokenLocalOptimum(KL_COEF / weightOfScores);
        double reward = TabularWorld.TREE.expectation(optimum, TabularWorld::reward);
        double kl = TabularWorld.TREE.kl(optimum, TabularWorld.REFERENCE);
        assertEndsAt(policy, reward, kl);
    }

    private static void assertEndsAt(TabularPolicy policy, double reward, double kl) {
        assertThat(TabularWorld.TREE.expectation(policy.logits, TabularWorld::reward))
                .as("expected reward")
                .isCloseTo(reward, within(0.02 * Math.abs(reward)));
        assertThat(TabularWorld.TREE.kl(policy.logits, TabularWorld.REFERENCE))
                .as("KL")
                .isCloseTo(kl, within(0.02 * kl));
    }

    /** By more than the tests allow. */
    @Test
    void theTwoOptimaDiffer() {
        double tokenLocal = TabularWorld.TREE.kl(tokenLocalOptimum(KL_COEF), TabularWorld.REFERENCE);
        double[] optimum = optimum();
        double ofSequences = 0;
        for (int i = 0; i < optimum.length; i++) {
            int[] response = TabularWorld.TREE.responses().get(i);
            ofSequences +=
                    optimum[i] * (Math.log(optimum[i]) - TabularWorld.TREE.logprob(TabularWorld.REFERENCE, response));
        }
        assertThat(Math.abs(tokenLocal - ofSequences)).isGreaterThan(0.05 * ofSequences);
    }

    /** π(a|s) ∝ π_ref(a|s) · e^(Q(s, a)/β), Q the score to expect under π itself: solved from the last token backwards. */
    private static double[][] tokenLocalOptimum(double klCoef) {
        double[][] optimum =
                Arrays.stream(TabularWorld.REFERENCE).map(double[]::clone).toArray(double[][]::new);
        solve(new int[0], optimum, klCoef);
        return optimum;
    }

    /** The expected score from {@code prefix} on. */
    private static double solve(int[] prefix, double[][] optimum, double klCoef) {
        TabularTree tree = TabularWorld.TREE;
        double[] scores = new double[tree.vocabulary()];
        double[] logits = optimum[tree.row(prefix, prefix.length)];
        for (int token = 0; token < scores.length; token++) {
            int[] longer = Arrays.copyOf(prefix, prefix.length + 1);
            longer[prefix.length] = token;
            boolean ends = token == TabularTree.END || longer.length == tree.depth();
            scores[token] = ends ? TabularWorld.reward(longer) : solve(longer, optimum, klCoef);
            logits[token] += scores[token] / klCoef;
        }
        double[] logprobs = TabularTree.logSoftmax(logits);
        double mean = 0;
        for (int token = 0; token < scores.length; token++) {
            mean += Math.exp(logprobs[token]) * scores[token];
        }
        return mean;
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
