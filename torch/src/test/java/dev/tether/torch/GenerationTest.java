package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationTest {
    private static final int[] NO_STOP = {TinyModel.VOCABULARY - 1};

    @TempDir
    static Path directory;

    private static TorchPolicyModel model;

    /** With two threads or more. */
    private static final int SHARED_AMONG_THREADS = 21;

    @BeforeAll
    static void open() throws Exception {
        model = LanguageModels.openPolicy(TinyModel.writeWide(directory), ModelSettings.inference());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Sampling sampling(int tokens, int... stopIds) {
        return new Sampling(tokens, 1, 0, 1, stopIds);
    }

    private static int[][] raggedPrompts(int rows) {
        Random random = new Random(5);
        int[][] prompts = new int[rows][];
        for (int b = 0; b < rows; b++) {
            prompts[b] = random.ints(1 + b % 7, 3, TinyModel.VOCABULARY).toArray();
        }
        return prompts;
    }

    @Test
    void theSameSeedGivesTheSameTokensWhateverWasSampledBefore() {
        int[][] prompts = raggedPrompts(6);
        Generation first = model.generate(prompts, sampling(20, NO_STOP), 11);
        Generation other = model.generate(prompts, sampling(20, NO_STOP), 12);
        Generation again = model.generate(prompts, sampling(20, NO_STOP), 11);
        assertThat(again.responses()).isEqualTo(first.responses());
        assertThat(again.rolloutLogprobs()).isEqualTo(first.rolloutLogprobs());
        assertThat(other.responses()).isNotEqualTo(first.responses());
    }

    @Test
    void equalPromptsInOneBatchAreAnsweredIndependently() {
        int[][] prompts = new int[SHARED_AMONG_THREADS][];
        Arrays.fill(prompts, new int[] {5, 6, 7});
        Generation generation = model.generate(prompts, sampling(20, NO_STOP), 3);
        assertThat(Arrays.stream(generation.responses()).map(Arrays::toString)).doesNotHaveDuplicates();
    }

    @Test
    void aResponseDoesNotDependOnTheOtherRowsOrTheirPadding() {
        int[][] prompts = raggedPrompts(SHARED_AMONG_THREADS);
        Generation together = model.generate(prompts, sampling(16, NO_STOP), 7);
        Generation firstTwo = model.generate(Arrays.copyOf(prompts, 2), sampling(16, NO_STOP), 7);
        for (int b = 0; b < 2; b++) {
            int length = firstTwo.responseMask().counted(b);
            assertThat(together.responseMask().counted(b)).isEqualTo(length);
            assertThat(Arrays.copyOf(firstTwo.responses()[b], length))
                    .isEqualTo(Arrays.copyOf(together.responses()[b], length));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "0.7, 0, 1", "1, 5, 1", "1, 0, 0.8", "1.3, 9, 0.6"})
    void rolloutLogprobsAreThoseOfARecomputationWithoutACache(double temperature, int topK, double topP) {
        int[][] prompts = raggedPrompts(SHARED_AMONG_THREADS);
        Generation generation = model.generate(prompts, new Sampling(12, temperature, topK, topP, NO_STOP), 5);
        for (int b = 0; b < prompts.length; b++) {
            int[] sequence = prompts[b];
            for (int t = 0; t < generation.responseMask().counted(b); t++) {
                int chosen = generation.responses()[b][t];
                double expected = Reference.logprob(nextLogprobs(sequence), chosen, temperature, topK, topP);
                assertThat(generation.rolloutLogprobs()[b][t]).isCloseTo(expected, within(2e-5));
                sequence = Arrays.copyOf(sequence, sequence.length + 1);
                sequence[sequence.length - 1] = chosen;
            }
        }
    }

    @Test
    void promptsThatAreReadOnceForTheirGroupAnswerAsIfReadForEachRow() {
        int[][] ragged = raggedPrompts(5);
        int[][] groups = {ragged[1], ragged[1], ragged[1], ragged[4], ragged[2], ragged[2]};
        Generation generation = model.generate(groups, sampling(12, NO_STOP), 5);
        TokenBatch answers = new TokenBatch(groups, generation.responses(), generation.responseMask());
        double[][] expected = model.evaluate(answers, 1).logprobs();
        for (int b = 0; b < groups.length; b++) {
            for (int t = 0; t < generation.responseMask().counted(b); t++) {
                assertThat(generation.rolloutLogprobs()[b][t]).isCloseTo(expected[b][t], within(2e-5));
            }
        }
    }

    /** Log-probabilities of every token after {@code sequence}, each read on its own without a cache. */
    private static double[] nextLogprobs(int[] sequence) {
        int[][] prompts = new int[TinyModel.VOCABULARY][];
        int[][] responses = new int[TinyModel.VOCABULARY][];
        for (int id = 0; id < TinyModel.VOCABULARY; id++) {
            prompts[id] = sequence;
            responses[id] = new int[] {id};
        }
        var mask = dev.tether.core.kl.ResponseMask.all(TinyModel.VOCABULARY, 1);
        Evaluation evaluation = model.evaluate(new TokenBatch(prompts, responses, mask), 1);
        return Arrays.stream(evaluation.logprobs()).mapToDouble(row -> row[0]).toArray();
    }

    @Test
    void tokensAreSampledAsOftenAsTheirProbabilitySays() {
        int draws = 4000;
        int[] prompt = {4, 9};
        int[][] prompts = new int[draws][];
        Arrays.fill(prompts, prompt);
        Generation generation = model.generate(prompts, sampling(1, NO_STOP), 99);
        double[] logprobs = nextLogprobs(prompt);
        double chiSquared = 0;
        for (int id = 0; id < TinyModel.VOCABULARY; id++) {
            int token = id;
            long seen = Arrays.stream(generation.responses())
                    .filter(response -> response[0] == token)
                    .count();
            double expected = draws * Math.exp(logprobs[id]);
            chiSquared += (seen - expected) * (seen - expected) / expected;
        }
        // 39 degrees of freedom: mean 39, deviation 8.8; beyond 84 once in 30,000
        assertThat(chiSquared).isBetween(12.0, 84.0);
    }

    @Test
    void greedyTokensAreTheMostLikelyAndCertain() {
        int[][] prompts = raggedPrompts(4);
        Generation generation = model.generate(prompts, new Sampling(6, 0, 0, 1, NO_STOP), 1);
        for (int b = 0; b < prompts.length; b++) {
            int[] sequence = prompts[b];
            for (int t = 0; t < generation.responseMask().counted(b); t++) {
                double[] logprobs = nextLogprobs(sequence);
                double best = Arrays.stream(logprobs).max().orElseThrow();
                assertThat(logprobs[generation.responses()[b][t]]).isCloseTo(best, within(1e-5));
                assertThat(generation.rolloutLogprobs()[b][t]).isZero();
                sequence = Arrays.copyOf(sequence, sequence.length + 1);
                sequence[sequence.length - 1] = generation.responses()[b][t];
            }
        }
    }

    @Test
    void rowsThatEndEarlyLeaveTheOthersAsTheyWere() {
        int[][] prompts = raggedPrompts(16);
        int stop = 7;
        Generation free = model.generate(prompts, sampling(40, NO_STOP), 21);
        Generation stopped = model.generate(prompts, sampling(40, stop, NO_STOP[0]), 21);
        int ended = 0;
        for (int b = 0; b < prompts.length; b++) {
            int length = stopped.responseMask().counted(b);
            int[] response = Arrays.copyOf(stopped.responses()[b], length);
            assertThat(response).isEqualTo(Arrays.copyOf(free.responses()[b], length));
            boolean ends = response[length - 1] == stop || response[length - 1] == NO_STOP[0];
            assertThat(stopped.stopReasons()[b]).isEqualTo(ends ? StopReason.ENDED : StopReason.TRUNCATED);
            assertThat(Arrays.stream(response, 0, length - 1)).doesNotContain(stop);
            ended += ends ? 1 : 0;
        }
        assertThat(ended).isBetween(4, 16);
    }

    @Test
    void theBatchIsAsWideAsItsLongestResponse() {
        Generation generation = model.generate(new int[][] {{5}, {6, 8}}, sampling(40, everyId()), 2);
        assertThat(generation.responses()).hasDimensions(2, 1);
        assertThat(generation.stopReasons()).containsOnly(StopReason.ENDED);
    }

    private static int[] everyId() {
        return java.util.stream.IntStream.range(0, TinyModel.VOCABULARY).toArray();
    }

    @Test
    void withoutStopIdsTheModelsOwnEndAResponse() {
        int own = 2; // eos_token_id of config.json
        Generation named = model.generate(raggedPrompts(12), sampling(40, own), 4);
        Generation unnamed = model.generate(raggedPrompts(12), sampling(40), 4);
        assertThat(unnamed.responses()).isEqualTo(named.responses());
        assertThat(unnamed.stopReasons()).contains(StopReason.ENDED);
    }

    @Test
    void promptsThatDoNotFitAreRefusedByTheirIndex() {
        assertThatThrownBy(() -> model.generate(new int[][] {{3}, new int[50]}, sampling(20), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "prompts[1] has 50 tokens and max_new_tokens is 20, together 70: the model's context is 64");
        assertThatThrownBy(() -> model.generate(new int[][] {{3}, {}}, sampling(20), 0))
                .hasMessage("prompts[1] is empty: a prompt has at least one token");
        assertThatThrownBy(() -> model.generate(new int[][] {{3, 40}}, sampling(20), 0))
                .hasMessage("prompts[0][1] = 40, must be a token id in 0..39");
        assertThatThrownBy(() -> model.generate(new int[][] {{3}}, sampling(20, 40), 0))
                .hasMessage("stop_ids has 40, must be token ids in 0..39");
        assertThatThrownBy(() -> model.generate(new int[0][], sampling(20), 0)).hasMessage("there is no prompt");
    }

    @Test
    void aPromptMayFillTheContextToItsLastPosition() {
        Generation generation = model.generate(new int[][] {new int[44]}, sampling(20, NO_STOP), 0);
        assertThat(generation.responseMask().counted()).isEqualTo(20);
    }

    /** The sampling distribution in plain Java. */
    private static final class Reference {
        static double logprob(double[] logprobs, int chosen, double temperature, int topK, double topP) {
            int n = logprobs.length;
            Integer[] order = new Integer[n];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, (a, b) -> Double.compare(logprobs[b], logprobs[a]));
            int kept = topK == 0 ? n : topK;
            double[] weights = new double[n];
            double total = 0;
            for (int i = 0; i < kept; i++) {
                weights[order[i]] = Math.exp(logprobs[order[i]] / temperature);
                total += weights[order[i]];
            }
            double mass = 0;
            for (int i = 0; i < kept; i++) {
                double share = weights[order[i]] / total;
                if (topP < 1 && mass >= topP) {
                    weights[order[i]] = 0;
                }
                mass += share;
            }
            return Math.log(weights[chosen] / Arrays.stream(weights).sum());
        }
    }
}
