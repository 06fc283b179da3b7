package dev.tether.trainer.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.Rewards;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DividedWorkTest {
    /** Row b has b % 4 + 1 counted tokens, but row 2 none. */
    private static final TokenBatch BATCH = batch(7);

    private static TokenBatch batch(int rows) {
        int[] lengths =
                IntStream.range(0, rows).map(b -> b == 2 ? 0 : b % 4 + 1).toArray();
        int[][] prompts = IntStream.range(0, rows).mapToObj(b -> new int[] {b}).toArray(int[][]::new);
        return new TokenBatch(prompts, new int[rows][4], ResponseMask.ofLengths(lengths, 4));
    }

    /** Says of each counted token which row and place it has. */
    private static final class RowTeller implements ReferenceModel {
        private final Set<Integer> read = Collections.synchronizedSet(new TreeSet<>());

        @Override
        public double[][] logprobs(TokenBatch batch, double temperature) {
            double[][] told = new double[batch.sequences()][batch.responseWidth()];
            for (int b = 0; b < told.length; b++) {
                assertThat(read.add(batch.prompts()[b][0])).as("read once").isTrue();
                for (int t = 0; t < told[b].length; t++) {
                    told[b][t] = batch.responseMask().counts(b, t) ? -temperature * batch.prompts()[b][0] - t : 0;
                }
            }
            return told;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyRowIsReadOnceAndEveryProcessHasThemAll(int count) {
        double[][] whole = new RowTeller().logprobs(BATCH, 0.5);
        RowTeller shared = new RowTeller();
        ThreadPeers.each(count, peers -> new DividedReference(shared, peers).logprobs(BATCH, 0.5))
                .forEach(read -> assertThat(read).isDeepEqualTo(whole));
        assertThat(shared.read).doesNotContain(2).hasSize(6);
    }

    @Test
    void sharesHaveAboutTheSameNumberOfTokens() {
        TokenBatch many = batch(40);
        List<Integer> tokens = IntStream.range(0, 4)
                .map(rank -> IntStream.of(Shares.dealt(many, rank, 4))
                        .map(row -> many.responseMask().counted(row))
                        .sum())
                .boxed()
                .toList();
        assertThat(Collections.max(tokens) - Collections.min(tokens)).isLessThanOrEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void answersStandInTheOrderOfTheirPrompts(int count) {
        int[][] prompts = {{10}, {11}, {12}, {13}};
        DividedGeneration.Answering answering = (some, first) -> {
            int[] lengths = new int[some.length];
            int[][] responses = new int[some.length][3];
            double[][] logprobs = new double[some.length][3];
            double[][] entropy = new double[some.length][3];
            StopReason[] reasons = new StopReason[some.length];
            for (int i = 0; i < some.length; i++) {
                assertThat(some[i][0]).isEqualTo(10 + first + i);
                lengths[i] = (first + i) % 3 + 1;
                for (int t = 0; t < lengths[i]; t++) {
                    responses[i][t] = 100 * (first + i) + t;
                    logprobs[i][t] = -first - i;
                    entropy[i][t] = 0.5 * (first + i);
                }
                reasons[i] = lengths[i] < 3 ? StopReason.ENDED : StopReason.TRUNCATED;
            }
            return new Generation(responses, ResponseMask.ofLengths(lengths, 3), logprobs, entropy, reasons);
        };
        Generation whole = answering.answer(prompts, 0);
        ThreadPeers.each(count, peers -> DividedGeneration.of(peers, prompts, answering))
                .forEach(generation -> {
                    assertThat(generation.responses()).isDeepEqualTo(whole.responses());
                    assertThat(generation.rolloutLogprobs()).isDeepEqualTo(whole.rolloutLogprobs());
                    assertThat(generation.entropy()).isDeepEqualTo(whole.entropy());
                    assertThat(generation.responseMask()).isEqualTo(whole.responseMask());
                    assertThat(generation.stopReasons()).containsExactly(whole.stopReasons());
                });
    }

    private static List<Episode> episodes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Episode("p", "r" + i, new int[] {1}, new int[] {2}, StopReason.ENDED))
                .toList();
    }

    private static RewardModel only(Rewards rewards) {
        return rewards.parts().get(0).model();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6})
    void scoresStandInTheOrderOfTheirEpisodes(int count) {
        Rewards numbers = Rewards.of(episodes -> episodes.stream()
                .mapToDouble(episode -> Integer.parseInt(episode.response().substring(1)))
                .toArray());
        ThreadPeers.each(count, peers -> only(DividedReward.of(numbers, peers)).score(episodes(5)))
                .forEach(scores -> assertThat(scores).containsExactly(0, 1, 2, 3, 4));
    }

    @Test
    void whatFailsAtOneProcessFailsAtAllInTheSameWords() {
        Rewards failing = Rewards.of(episodes -> {
            if (episodes.get(0).response().equals("r2")) {
                throw new InputException("http://reward: no answer");
            }
            return new double[episodes.size()];
        });
        List<String> messages = ThreadPeers.each(2, peers -> {
            try {
                only(DividedReward.of(failing, peers)).score(episodes(4));
                return "nothing";
            } catch (InputException e) {
                return e.getMessage();
            }
        });
        assertThat(messages).containsExactly("at rank 1: http://reward: no answer", "http://reward: no answer");
    }

    @Test
    void aRewardOfTooFewScoresIsRefused() {
        assertThatThrownBy(() -> only(DividedReward.of(Rewards.of(episodes -> new double[1]), Peers.ALONE))
                        .score(episodes(2)))
                .isInstanceOf(InputException.class)
                .hasMessage("the reward returned 1 scores for 2 responses: one per response is needed");
    }

    /** Knows a group by its size. */
    private record GroupTeller() implements BeltProbe {
        @Override
        public ExactKl exactKl(TokenBatch batch, double temperature) {
            double[][] rows = new RowTeller().logprobs(batch, temperature);
            return new ExactKl(rows, new RowTeller().logprobs(batch, 2 * temperature));
        }

        @Override
        public TruncatedLogprobs truncatedLogprobs(TokenBatch batch, Sampling sampling) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<double[][]> gradientGrams(List<List<ProbeLoss>> groups, ProbeLoss common, double temperature) {
            return groups.stream()
                    .map(group -> new double[][] {{group.size(), 1}, {1, temperature}})
                    .toList();
        }

        @Override
        public <T> T nearPolicy(double relativeNoise, long seed, Supplier<T> measurement) {
            return measurement.get();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void gradientsOfGroupsStandInTheOrderOfTheGroups(int count) {
        ProbeLoss loss = new ProbeLoss.SequenceKl(BATCH);
        List<List<ProbeLoss>> groups = new ArrayList<>();
        for (int size = 1; size <= 5; size++) {
            groups.add(Collections.nCopies(size, loss));
        }
        ThreadPeers.each(count, peers -> new DividedProbe(new GroupTeller(), peers).gradientGrams(groups, loss, 0.7))
                .forEach(grams ->
                        assertThat(grams.stream().map(gram -> gram[0][0])).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0));
    }

    @Test
    void bothDirectionsOfTheExactKlKeepTheirPlace() {
        ThreadPeers.each(2, peers -> new DividedProbe(new GroupTeller(), peers).exactKl(BATCH, 1))
                .forEach(kl -> {
                    assertThat(kl.policyToReference()).isDeepEqualTo(new RowTeller().logprobs(BATCH, 1));
                    assertThat(kl.referenceToPolicy()).isDeepEqualTo(new RowTeller().logprobs(BATCH, 2));
                });
    }
}
