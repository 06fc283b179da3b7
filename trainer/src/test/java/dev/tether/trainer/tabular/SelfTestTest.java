package dev.tether.trainer.tabular;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.selftest.Cause;
import dev.tether.trainer.selftest.SelfTest;
import dev.tether.trainer.selftest.SelfTest.Expectation;
import dev.tether.trainer.selftest.SelfTestReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Plants one fault at a time and asks for its name; the same faults are planted in real models in the torch room. */
class SelfTestTest {
    private static final TabularTree TREE = new TabularTree(12, 3);
    private static final double[][] TABLE = table(3);

    private final TabularPolicy policy = new TabularPolicy(TREE, TABLE);
    private final Generation generation = policy.generate(new int[24][1], new Sampling(3, 1, 0, 1, new int[0]), 5);
    private final TokenBatch batch = new TokenBatch(new int[24][1], generation.responses(), generation.responseMask());

    @Test
    void theSameModelPasses() {
        SelfTestReport report = test(honest(TABLE));
        assertThat(report.passed()).isTrue();
        assertThat(report.sentence()).startsWith("self test passed");
    }

    @Test
    void anotherModelIsRefusedUnlessItIsMeantToBeOne() {
        ReferenceModel other = honest(table(4));
        assertThat(causes(test(other))).startsWith(Cause.WEIGHTS);
        assertThat(new SelfTest(policy, other, 1, 1e-4)
                        .run(batch, Optional.empty(), Expectation.OTHER_WEIGHTS)
                        .passed())
                .isTrue();
    }

    @Test
    void aTemperatureOnOneSideIsNamed() {
        double[][] cooled = Arrays.stream(TABLE)
                .map(row -> Arrays.stream(row).map(x -> x / 0.7).toArray())
                .toArray(double[][]::new);
        ReferenceModel reference = reference((tokens, temperature) -> TabularReference.logprobs(
                TREE,
                Arrays.stream(cooled)
                        .map(row -> Arrays.stream(row).map(x -> x / temperature).toArray())
                        .toArray(double[][]::new),
                tokens));
        assertThat(causes(test(reference))).startsWith(Cause.TEMPERATURE);
    }

    @Test
    void twoSwappedTokenIdsAreNamed() {
        ReferenceModel reference = reference((tokens, temperature) -> {
            int[][] swapped = Arrays.stream(tokens.responses())
                    .map(row -> Arrays.stream(row)
                            .map(id -> id == 5 ? 6 : id == 6 ? 5 : id)
                            .toArray())
                    .toArray(int[][]::new);
            return TabularReference.logprobs(
                    TREE, TABLE, new TokenBatch(tokens.prompts(), swapped, tokens.responseMask()));
        });
        assertThat(causes(test(reference)).subList(0, 2)).contains(Cause.TOKENIZER);
    }

    @Test
    void aReferenceThatMindsItsNeighboursIsNamed() {
        ReferenceModel reference = reference((tokens, temperature) -> {
            double[][] logprobs = TabularReference.logprobs(TREE, TABLE, tokens);
            for (int b = 1; b < logprobs.length; b++) {
                logprobs[b][0] -= 0.2;
            }
            return logprobs;
        });
        assertThat(causes(test(reference))).startsWith(Cause.PADDING);
    }

    @Test
    void somethingRandomIsNamed() {
        SplittableRandom random = new SplittableRandom(1);
        ReferenceModel reference = reference((tokens, temperature) -> {
            double[][] logprobs = TabularReference.logprobs(TREE, TABLE, tokens);
            logprobs[0][0] -= random.nextDouble();
            return logprobs;
        });
        assertThat(causes(test(reference))).startsWith(Cause.DROPOUT);
    }

    @Test
    void roundedWeightsAreNamed() {
        double[][] rounded = Arrays.stream(TABLE)
                .map(row -> Arrays.stream(row)
                        .map(x -> Float.intBitsToFloat(Float.floatToIntBits((float) x) & 0xFFFF0000))
                        .toArray())
                .toArray(double[][]::new);
        assertThat(causes(test(honest(rounded)))).startsWith(Cause.DTYPE);
    }

    @Test
    void aSamplerThatSaysSomethingElseIsNamed() {
        double[][] claimed = Arrays.stream(generation.rolloutLogprobs())
                .map(row -> Arrays.stream(row).map(x -> x - 0.1).toArray())
                .toArray(double[][]::new);
        SelfTestReport report =
                new SelfTest(policy, honest(TABLE), 1, 1e-4).run(batch, Optional.of(claimed), Expectation.SAME_WEIGHTS);
        assertThat(causes(report)).containsExactly(Cause.SAMPLER);
    }

    @Test
    void aReferenceThatReturnsNaNDoesNotPass() {
        ReferenceModel reference = reference((tokens, temperature) -> {
            double[][] logprobs = TabularReference.logprobs(TREE, TABLE, tokens);
            logprobs[0][0] = Double.NaN;
            return logprobs;
        });
        assertThat(test(reference).passed()).isFalse();
    }

    private SelfTestReport test(ReferenceModel reference) {
        return new SelfTest(policy, reference, 1, 1e-4)
                .run(batch, Optional.of(generation.rolloutLogprobs()), Expectation.SAME_WEIGHTS);
    }

    private static List<Cause> causes(SelfTestReport report) {
        return report.suspects().stream().map(SelfTestReport.Suspect::cause).toList();
    }

    private static ReferenceModel honest(double[][] table) {
        return new TabularReference(TREE, table);
    }

    private static ReferenceModel reference(BiFunction<TokenBatch, Double, double[][]> logprobs) {
        return new ReferenceModel() {
            @Override
            public double[][] logprobs(TokenBatch tokens, double temperature) {
                return logprobs.apply(tokens, temperature);
            }

            @Override
            public void close() {}
        };
    }

    private static double[][] table(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] table = new double[TREE.prefixes()][TREE.vocabulary()];
        for (double[] row : table) {
            Arrays.setAll(row, v -> random.nextDouble(-2, 2));
        }
        return table;
    }
}
