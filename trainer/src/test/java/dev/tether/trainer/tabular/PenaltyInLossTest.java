package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.reward.RewardModel;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole training loop with the penalty in the loss, on tables. Where a response has one token, nothing comes later
 * that a token-local penalty could be blind to, so it must reach the closed form too.
 */
class PenaltyInLossTest {
    private static final TabularTree ONE_TOKEN = new TabularTree(5, 1);
    private static final double[][] REFERENCE = {{0.3, -0.5, 0.9, 0.1, -0.2}};
    private static final double[] REWARDS = {0.1, 0.9, -0.3, 0.4, 0.6};

    private static final RewardModel REWARD = TabularWorld.scoring(response -> REWARDS[response[0]]);

    @ParameterizedTest
    @EnumSource(names = {"RAO_BLACKWELL_IN_LOSS", "WEIGHTED_K3_IN_LOSS", "K2_IN_LOSS"})
    void aPlacementWithTheForceOfTheReverseKlConvergesToTheClosedFormOptimum(PenaltyPlacement placement) {
        double klCoef = 0.4;
        TabularPolicy policy = new TabularPolicy(ONE_TOKEN, REFERENCE);
        train(policy, TabularWorld.parts(policy, reference(), REWARD), placement, klCoef);
        assertThat(probabilities(policy)).containsExactly(optimum(klCoef), within(0.01));
    }

    @Test
    void k3WithoutItsWeightPullsByAnotherKlAndEndsElsewhere() {
        double klCoef = 0.4;
        TabularPolicy policy = new TabularPolicy(ONE_TOKEN, REFERENCE);
        TrainingParts parts = TabularWorld.parts(policy, reference(), REWARD);
        train(policy, parts, PenaltyPlacement.K3_IN_LOSS, klCoef);
        assertThat(distance(probabilities(policy), optimum(klCoef))).isGreaterThan(0.03);
    }

    @Test
    void k1InTheLossHoldsNothing() {
        TabularPolicy held = new TabularPolicy(ONE_TOKEN, REFERENCE);
        TabularPolicy free = new TabularPolicy(ONE_TOKEN, REFERENCE);
        for (TabularPolicy policy : new TabularPolicy[] {held, free}) {
            TrainingParts parts = TabularWorld.parts(policy, reference(), REWARD);
            train(policy, parts, PenaltyPlacement.K1_IN_LOSS, policy == held ? 0.4 : 0);
        }
        double best = Arrays.stream(REWARDS).max().orElseThrow();
        assertThat(reward(probabilities(free))).isGreaterThan(0.95 * best);
        assertThat(reward(probabilities(held))).isGreaterThan(0.95 * best);
    }

    /** No reward at all, responses of several tokens, off-policy epochs: only the penalty moves the policy. */
    @Test
    void alongWholeResponsesTheRaoBlackwellisedPenaltyBringsThePolicyBackToItsReference() {
        SplittableRandom random = new SplittableRandom(8);
        double[][] away = Arrays.stream(TabularWorld.REFERENCE)
                .map(row -> Arrays.stream(row)
                        .map(x -> x + random.nextDouble(-1, 1))
                        .toArray())
                .toArray(double[][]::new);
        TabularPolicy policy = new TabularPolicy(TabularWorld.TREE, away);
        double before = TabularWorld.TREE.kl(policy.logits, TabularWorld.REFERENCE);
        TrainingParts parts = TabularWorld.parts(
                policy,
                new TabularReference(TabularWorld.TREE, TabularWorld.REFERENCE),
                TabularWorld.scoring(response -> 0));
        train(policy, parts, PenaltyPlacement.RAO_BLACKWELL_IN_LOSS, 0.5);
        assertThat(before).isGreaterThan(0.1);
        assertThat(TabularWorld.TREE.kl(policy.logits, TabularWorld.REFERENCE)).isLessThan(0.01 * before);
    }

    private static ReferenceModel reference() {
        return new TabularReference(ONE_TOKEN, REFERENCE);
    }

    private static double[] probabilities(TabularPolicy policy) {
        return Arrays.stream(TabularTree.logSoftmax(policy.logits[0]))
                .map(Math::exp)
                .toArray();
    }

    private static double reward(double[] probabilities) {
        double sum = 0;
        for (int v = 0; v < probabilities.length; v++) {
            sum += probabilities[v] * REWARDS[v];
        }
        return sum;
    }

    private static double[] optimum(double klCoef) {
        double[] logits = new double[REWARDS.length];
        Arrays.setAll(logits, v -> REFERENCE[0][v] + REWARDS[v] / klCoef);
        return Arrays.stream(TabularTree.logSoftmax(logits)).map(Math::exp).toArray();
    }

    private static double distance(double[] a, double[] b) {
        double greatest = 0;
        for (int v = 0; v < a.length; v++) {
            greatest = Math.max(greatest, Math.abs(a[v] - b[v]));
        }
        return greatest;
    }

    private static void train(TabularPolicy policy, TrainingParts parts, PenaltyPlacement placement, double klCoef) {
        int steps = 300;
        RunSettings settings = RunSettings.defaults()
                .with(
                        "steps=" + steps,
                        "prompts.batch_size=192",
                        "generation.max_new_tokens=3",
                        "belt.controller=fixed",
                        "belt.placement=" + placement.name().toLowerCase(Locale.ROOT),
                        "belt.kl_coef=" + klCoef,
                        "update.epochs=2",
                        "update.minibatches=2",
                        "ppo.value_coef=1",
                        "ppo.value_clip_range=1000",
                        "ppo.gae_lambda=1",
                        "ppo.advantages=raw",
                        "optimizer.learning_rate=2",
                        "optimizer.schedule=linear");
        TrainingLoop loop = new TrainingLoop(parts, settings, new AtomicLong()::incrementAndGet, () -> Instant.EPOCH);
        for (int step = 0; step < steps; step++) {
            loop.step();
        }
    }
}
