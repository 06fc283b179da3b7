package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.objective.DpoLoss;
import dev.tether.core.stats.Logistic;
import dev.tether.run.InputException;
import dev.tether.run.journal.PairFigures;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.preference.Comparisons;
import dev.tether.trainer.preference.TokenPair;
import dev.tether.trainer.rollout.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** DPO by enumeration: what it does to a pair, and where it ends. */
class DpoOptimumTest {
    private static final double KL_COEF = 0.4;
    private static final TabularTree TREE = TabularWorld.TREE;

    /**
     * Rafailov et al. 2023, section 4: on comparisons that follow Bradley and Terry's model of r, the loss is least at
     * π* ∝ π_ref · e^(r/β). Here every pair of responses is compared so often that the labels are their probabilities.
     */
    @Test
    void onComparisonsThatFollowTheRewardItEndsAtTheClosedFormOptimum() {
        TabularPolicy policy = new TabularPolicy(TREE, TabularWorld.REFERENCE);
        int steps = 40;
        TrainingLoop loop = loop(
                policy,
                comparisons(100),
                steps,
                "dpo.updates=10",
                "dpo.pairs_per_update=1950",
                "optimizer.learning_rate=30");
        for (int step = 0; step < steps; step++) {
            loop.step();
        }
        double z = TREE.expectation(TabularWorld.REFERENCE, y -> Math.exp(TabularWorld.reward(y) / KL_COEF));
        double reward = TREE.expectation(
                TabularWorld.REFERENCE, y -> Math.exp(TabularWorld.reward(y) / KL_COEF) / z * TabularWorld.reward(y));
        double kl = reward / KL_COEF - Math.log(z);
        assertThat(TREE.expectation(policy.logits, TabularWorld::reward))
                .as("expected reward")
                .isCloseTo(reward, within(0.02 * reward));
        assertThat(TREE.kl(policy.logits, TabularWorld.REFERENCE)).as("KL").isCloseTo(kl, within(0.02 * kl));
    }

    /** Each pair of responses, {@code times} over, as often this way round as its probability says. */
    private static List<TokenPair> comparisons(int times) {
        List<int[]> responses = TREE.responses();
        List<TokenPair> pairs = new ArrayList<>();
        for (int i = 0; i < responses.size(); i++) {
            for (int j = 0; j < i; j++) {
                double probability =
                        Logistic.sigma(TabularWorld.reward(responses.get(i)) - TabularWorld.reward(responses.get(j)));
                long first = Math.round(probability * times);
                for (int n = 0; n < times; n++) {
                    pairs.add(
                            n < first
                                    ? pair(responses.get(i), responses.get(j))
                                    : pair(responses.get(j), responses.get(i)));
                }
            }
        }
        return pairs;
    }

    private static TokenPair pair(int[] chosen, int[] rejected) {
        return new TokenPair(new int[] {0}, chosen, rejected, 0, "here");
    }

    private static TrainingLoop loop(TabularPolicy policy, List<TokenPair> pairs, int steps, String... more) {
        List<String> values = new ArrayList<>(List.of(
                "algorithm=dpo",
                "steps=" + steps,
                "prompts.batch_size=32",
                "generation.max_new_tokens=3",
                "belt.controller=fixed",
                "belt.kl_coef=0",
                "belt.self_test=off",
                "dpo.pairs=none",
                "dpo.beta=" + KL_COEF,
                "optimizer.schedule=linear"));
        values.addAll(Arrays.asList(more));
        TrainingParts parts = TabularWorld.parts(policy)
                .with(new Comparisons(pairs, new TabularReference(TREE, TabularWorld.REFERENCE)));
        return new TrainingLoop(
                parts,
                RunSettings.defaults().with(values.toArray(String[]::new)),
                new AtomicLong()::incrementAndGet,
                () -> Instant.EPOCH);
    }

    /** Against a finite difference of the loss in double, through the table's own gradient. */
    @Test
    void anUpdateStepsDownTheLossOfItsPairs() {
        int[] chosen = {1, 2, 0};
        int[] rejected = {3, 0};
        TabularPolicy policy = new TabularPolicy(TREE, TabularWorld.REFERENCE);
        policy.logits[0][1] += 0.7;
        TabularPolicy before = new TabularPolicy(TREE, policy.logits);
        double rate = 1e-3;
        StepResult result = loop(
                        policy,
                        List.of(pair(chosen, rejected)),
                        1,
                        "dpo.updates=1",
                        "dpo.pairs_per_update=1",
                        "optimizer.schedule=constant",
                        "optimizer.learning_rate=" + rate)
                .step();
        assertThat(result.record().policyLoss().orElseThrow())
                .isCloseTo(loss(before.logits, chosen, rejected), within(1e-12));
        double step = 1e-6;
        for (int row = 0; row < before.logits.length; row++) {
            for (int v = 0; v < TREE.vocabulary(); v++) {
                double[][] up = new TabularPolicy(TREE, before.logits).logits;
                up[row][v] += step;
                double[][] down = new TabularPolicy(TREE, before.logits).logits;
                down[row][v] -= step;
                double slope = (loss(up, chosen, rejected) - loss(down, chosen, rejected)) / (2 * step);
                assertThat((before.logits[row][v] - policy.logits[row][v]) / rate)
                        .as("row " + row + " token " + v)
                        .isCloseTo(slope, within(1e-7));
            }
        }
    }

    @Test
    void theRecordTellsWhichPairsItTellsApartAndByHowMuch() {
        List<TokenPair> pairs = List.of(
                pair(new int[] {1, 2, 0}, new int[] {3, 0}),
                pair(new int[] {2, 0}, new int[] {1, 0}),
                pair(new int[] {1, 0}, new int[] {0}));
        TabularPolicy policy = new TabularPolicy(TREE, TabularWorld.REFERENCE);
        policy.logits[0][1] += 0.7;
        double accuracy = 0;
        double margin = 0;
        for (TokenPair pair : pairs) {
            double better = KL_COEF * (logRatio(policy, pair.chosen()) - logRatio(policy, pair.rejected()));
            accuracy += better > 0 ? 1.0 / 3 : 0;
            margin += better / 3;
        }
        assertThat(accuracy).as("two of three pairs").isCloseTo(2.0 / 3, within(1e-12));
        PairFigures told = loop(policy, pairs, 1, "dpo.updates=1", "dpo.pairs_per_update=3")
                .step()
                .record()
                .pairs()
                .orElseThrow();
        assertThat(told.accuracy()).isCloseTo(accuracy, within(1e-12));
        assertThat(told.margin()).isCloseTo(margin, within(1e-12));
    }

    private static double logRatio(TabularPolicy policy, int[] answer) {
        return TREE.logprob(policy.logits, answer) - TREE.logprob(TabularWorld.REFERENCE, answer);
    }

    private static double loss(double[][] logits, int[] chosen, int[] rejected) {
        return new DpoLoss(KL_COEF, 0)
                .at(
                        TREE.logprob(logits, chosen) - TREE.logprob(TabularWorld.REFERENCE, chosen),
                        TREE.logprob(logits, rejected) - TREE.logprob(TabularWorld.REFERENCE, rejected))
                .loss();
    }

    @Test
    void theRecordTellsScoreAndKlOfThePolicysOwnAnswers() {
        TabularPolicy policy = new TabularPolicy(TREE, TabularWorld.REFERENCE);
        TrainingLoop loop = loop(policy, comparisons(1), 2, "dpo.updates=20", "optimizer.learning_rate=20");
        StepResult first = loop.step();
        assertThat(first.record().referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .isCloseTo(0, within(1e-12));
        assertThat(first.record().updates()).hasValue(20);
        StepResult second = loop.step();
        assertThat(second.record().referenceKl().orElseThrow().natsPerSequence().orElseThrow())
                .isGreaterThan(0.01);
        assertThat(second.record().score()).isPresent();
    }

    @Test
    void anEpochHasEveryPairOnceAndEpochsDiffer() {
        List<TokenPair> pairs = new ArrayList<>();
        List<int[]> responses = TREE.responses();
        for (int[] chosen : responses.subList(1, 14)) {
            pairs.add(pair(chosen, responses.get(0)));
        }
        Comparisons comparisons = new Comparisons(pairs, new TabularReference(TREE, TabularWorld.REFERENCE));
        Seeds seeds = new Seeds(3);
        int[][] first = chosen(comparisons.draw(seeds, 0, 13));
        int[][] second = chosen(comparisons.draw(seeds, 13, 13));
        assertThat(Arrays.stream(first).map(Arrays::toString))
                .doesNotHaveDuplicates()
                .hasSize(13);
        assertThat(second).isNotEqualTo(first);
        // a batch across the end of an epoch is what lies on both sides of it
        assertThat(chosen(comparisons.draw(seeds, 11, 4)))
                .isDeepEqualTo(new int[][] {first[11], first[12], second[0], second[1]});
    }

    private static int[][] chosen(Comparisons.Batch batch) {
        int[][] rows = new int[batch.pairs()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOf(
                    batch.tokens().responses()[i], batch.tokens().responseMask().counted(i));
        }
        return rows;
    }

    @Test
    void aPairWithoutAPromptIsRefusedByItsPlace() {
        TokenPair bare = new TokenPair(new int[0], new int[] {1}, new int[] {2}, 0, "pairs.jsonl line 4");
        assertThatThrownBy(() -> new Comparisons(List.of(bare), new TabularReference(TREE, TabularWorld.REFERENCE)))
                .isInstanceOf(InputException.class)
                .hasMessage("pairs.jsonl line 4: has no prompt that both answers begin with");
    }

    @Test
    void aBeltThatWouldHoldNothingIsRefused() {
        assertThatThrownBy(() -> RunSettings.defaults().with("algorithm=dpo", "dpo.pairs=x"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("belt.kl_coef = 0.1, must be 0 and belt.controller fixed with algorithm = dpo");
        assertThatThrownBy(
                        () -> RunSettings.defaults().with("algorithm=dpo", "belt.controller=fixed", "belt.kl_coef=0"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("dpo.pairs = null, must be a preference file with algorithm = dpo");
    }
}
