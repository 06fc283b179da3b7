package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.TokenBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
    private static final int WIDTH = 9;

    @TempDir
    static Path directory;

    @BeforeAll
    static void write() throws Exception {
        TinyModel.write(directory);
    }

    private static TorchPolicyModel open(ValueKind value, int microbatchSize) {
        return LanguageModels.openPolicy(directory, new ModelSettings(ComputeType.FLOAT64, value, microbatchSize));
    }

    /** Rows of different lengths; row 3 counts nothing. */
    private static TokenBatch batch() {
        Random random = new Random(8);
        int[] lengths = {9, 4, 1, 0, 7};
        int[][] prompts = new int[lengths.length][];
        int[][] responses = new int[lengths.length][];
        for (int b = 0; b < lengths.length; b++) {
            prompts[b] = random.ints(2 + b, 3, TinyModel.VOCABULARY).toArray();
            responses[b] = random.ints(WIDTH, 3, TinyModel.VOCABULARY).toArray();
        }
        return new TokenBatch(prompts, responses, ResponseMask.ofLengths(lengths, WIDTH));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void microbatchesDoNotChangeWhatIsRead(int size) {
        try (TorchPolicyModel whole = open(ValueKind.SHARED, 0);
                TorchPolicyModel pieces = open(ValueKind.SHARED, size)) {
            Evaluation expected = whole.evaluate(batch(), 1);
            Evaluation actual = pieces.evaluate(batch(), 1);
            assertClose(actual.logprobs(), expected.logprobs(), 1e-12);
            assertClose(actual.entropy(), expected.entropy(), 1e-12);
            assertClose(actual.values(), expected.values(), 1e-12);
        }
    }

    @Test
    void paddingIsNeverRead() {
        TokenBatch batch = batch();
        int[][] other = Arrays.stream(batch.responses()).map(int[]::clone).toArray(int[][]::new);
        for (int b = 0; b < other.length; b++) {
            for (int t = batch.responseMask().counted(b); t < WIDTH; t++) {
                other[b][t] = 1_000_000;
            }
        }
        try (TorchPolicyModel model = open(ValueKind.SEPARATE, 0)) {
            Evaluation expected = model.evaluate(batch, 1);
            Evaluation actual = model.evaluate(new TokenBatch(batch.prompts(), other, batch.responseMask()), 1);
            assertThat(actual.logprobs()).isDeepEqualTo(expected.logprobs());
            assertThat(actual.values()).isDeepEqualTo(expected.values());
        }
    }

    @Test
    void everythingIsZeroWhereNothingCounts() {
        TokenBatch batch = batch();
        try (TorchPolicyModel model = open(ValueKind.NONE, 0)) {
            Evaluation evaluation = model.evaluate(batch, 1);
            assertThat(evaluation.values()).isEmpty();
            for (int b = 0; b < batch.sequences(); b++) {
                for (int t = 0; t < WIDTH; t++) {
                    boolean counts = batch.responseMask().counts(b, t);
                    assertThat(evaluation.logprobs()[b][t] < 0).isEqualTo(counts);
                    assertThat(evaluation.entropy()[b][t] > 0).isEqualTo(counts);
                }
            }
        }
    }

    @Test
    void entropyIsThatOfTheWholeDistributionAtTheGivenTemperature() {
        double temperature = 1.7;
        int[] prompt = {5, 11, 30};
        int[][] prompts = new int[TinyModel.VOCABULARY][];
        int[][] everyToken = new int[TinyModel.VOCABULARY][];
        for (int id = 0; id < TinyModel.VOCABULARY; id++) {
            prompts[id] = prompt;
            everyToken[id] = new int[] {id};
        }
        TokenBatch all = new TokenBatch(prompts, everyToken, ResponseMask.all(TinyModel.VOCABULARY, 1));
        try (TorchPolicyModel model = open(ValueKind.NONE, 0)) {
            Evaluation evaluation = model.evaluate(all, temperature);
            double mass = 0;
            double entropy = 0;
            for (double[] row : evaluation.logprobs()) {
                mass += Math.exp(row[0]);
                entropy -= row[0] * Math.exp(row[0]);
            }
            assertThat(mass).isCloseTo(1, within(1e-12));
            assertThat(evaluation.entropy()[0][0]).isCloseTo(entropy, within(1e-12));
        }
    }

    @Test
    void theReferenceOfTheSameWeightsSaysTheSame() {
        try (TorchPolicyModel policy = open(ValueKind.NONE, 0);
                TorchReferenceModel reference = LanguageModels.openReference(
                        directory, new ModelSettings(ComputeType.FLOAT64, ValueKind.NONE, 2))) {
            assertClose(
                    reference.logprobs(batch(), 0.8),
                    policy.evaluate(batch(), 0.8).logprobs(),
                    1e-12);
        }
    }

    @Test
    void aTokenBetweenUncountedOnesIsReadAsIfTheyWereNotThere() {
        boolean[][] holes = {{true, false, true, true}};
        int[][] withHole = {{5, 33, 7, 8}};
        int[][] without = {{5, 7, 8, 0}};
        int[][] prompt = {{4, 6}};
        try (TorchPolicyModel model = open(ValueKind.NONE, 0)) {
            double[] expected = model.evaluate(
                            new TokenBatch(prompt, without, ResponseMask.ofLengths(new int[] {3}, 4)), 1)
                    .logprobs()[0];
            double[] actual = model.evaluate(new TokenBatch(prompt, withHole, ResponseMask.of(holes)), 1)
                    .logprobs()[0];
            assertThat(actual).containsExactly(new double[] {expected[0], 0, expected[1], expected[2]}, within(1e-12));
        }
    }

    @Test
    void sequencesLongerThanTheContextAreRefused() {
        int[][] prompt = {new int[60]};
        int[][] response = {new int[8]};
        TokenBatch batch = new TokenBatch(prompt, response, ResponseMask.all(1, 8));
        try (TorchPolicyModel model = open(ValueKind.NONE, 0)) {
            assertThatThrownBy(() -> model.evaluate(batch, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("sequence 0 has 60 prompt tokens and 8 response tokens, together 68:"
                            + " the model's context is 64");
            assertThatThrownBy(() -> model.evaluate(batch(), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("temperature = 0.0, must be finite and > 0");
        }
    }

    @Test
    void idsOutsideOfTheVocabularyAreRefusedByTheirPlace() {
        int[][] good = {{3}};
        try (TorchPolicyModel model = open(ValueKind.NONE, 0)) {
            assertThatThrownBy(() ->
                            model.evaluate(new TokenBatch(new int[][] {{3, 40}}, good, ResponseMask.all(1, 1)), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("prompts[0][1] = 40, must be a token id in 0..39");
            assertThatThrownBy(() ->
                            model.evaluate(new TokenBatch(good, new int[][] {{-1}}, ResponseMask.all(1, 1)), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("responses[0][0] = -1, must be a token id in 0..39");
        }
    }

    private static void assertClose(double[][] actual, double[][] expected, double tolerance) {
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int b = 0; b < expected.length; b++) {
            assertThat(actual[b]).containsExactly(expected[b], within(tolerance));
        }
    }
}
