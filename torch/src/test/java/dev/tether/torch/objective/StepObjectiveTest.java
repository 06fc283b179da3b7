package dev.tether.torch.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.objective.PpoValueLoss;
import dev.tether.core.objective.RatioLevel;
import dev.tether.core.objective.Surrogate;
import dev.tether.core.objective.SurrogateLoss;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.golden.GoldenFile;
import dev.tether.torch.network.TokenFigures;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.ReferenceKlLimit;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.model.ValueTerm;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@SuppressWarnings("try") // scopes act by being open
class StepObjectiveTest {
    private static final double TOLERANCE = 1e-12;

    /** One minibatch as arrays; what is uncounted is NaN, so that reading it shows. */
    private record Arrays2(
            double[][] newLogprobs,
            double[][] logprobs,
            double[][] advantages,
            double[][] newValues,
            double[][] values,
            double[][] returns,
            double[][] entropy,
            ResponseMask mask,
            ResponseMask valueMask) {

        /** Loss of some rows, and where its gradients arrive. */
        Result loss(PpoClip clip, StepTally tally, int... rows) {
            ResponseMask m = mask.rows(rows);
            ResponseMask v = valueMask.rows(rows);
            ScalarType type = ScalarType.Double;
            Tensor newLogprob = Counted.only(pick(newLogprobs, rows), m, type).requires_grad_(true);
            Tensor newEntropy = Counted.only(pick(entropy, rows), m, type).requires_grad_(true);
            Tensor newValue = Counted.of(pick(newValues, rows), v, type).requires_grad_(true);
            PolicyTargets policy = new PolicyTargets(
                    Counted.only(pick(logprobs, rows), m, type),
                    Counted.only(pick(logprobs, rows), m, type),
                    Counted.only(pick(advantages, rows), m, type),
                    Counted.only(pick(LossMean.OVER_TOKENS.tokenWeights(mask), rows), m, type),
                    null);
            ValueTargets value = new ValueTargets(
                    Counted.ones(v, type),
                    Counted.of(pick(values, rows), v, type),
                    Counted.of(pick(returns, rows), v, type));
            Tensor loss = objective(clip).policyLoss(new TokenFigures(newLogprob, newEntropy, null), policy, tally);
            Tensor valueLoss = objective(clip).valueLoss(newValue, value, tally);
            return new Result(loss.add(valueLoss), newLogprob, newEntropy, newValue);
        }

        StepObjective objective(PpoClip clip) {
            return new StepObjective(UpdateObjective.of(clip), mask.counted(), mask.sequences(), valueMask.counted());
        }

        private static double[][] pick(double[][] values, int... rows) {
            return Arrays.stream(rows).mapToObj(b -> values[b]).toArray(double[][]::new);
        }

        int[] allRows() {
            int[] rows = new int[newLogprobs.length];
            Arrays.setAll(rows, b -> b);
            return rows;
        }
    }

    private record Result(Tensor loss, Tensor logprobs, Tensor entropies, Tensor values) {}

    private static Arrays2 random(int seed) {
        Random random = new Random(seed);
        int sequences = 5;
        int width = 7;
        int[] lengths = random.ints(sequences, 1, width).toArray();
        ResponseMask mask = ResponseMask.ofLengths(lengths, width);
        ResponseMask valueMask =
                ResponseMask.ofLengths(Arrays.stream(lengths).map(n -> n + 1).toArray(), width);
        return new Arrays2(
                gaussian(random, mask, -2, 0.4),
                gaussian(random, mask, -2, 0.4),
                gaussian(random, mask, 0, 1),
                gaussian(random, valueMask, 0, 1),
                gaussian(random, valueMask, 0, 1),
                gaussian(random, valueMask, 0, 1),
                gaussian(random, mask, 2, 0.3),
                mask,
                valueMask);
    }

    private static double[][] gaussian(Random random, ResponseMask mask, double mean, double deviation) {
        double[][] values = new double[mask.sequences()][mask.width(0)];
        for (int b = 0; b < values.length; b++) {
            for (int t = 0; t < values[b].length; t++) {
                values[b][t] = mask.counts(b, t) ? random.nextGaussian(mean, deviation) : Double.NaN;
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, Double.POSITIVE_INFINITY})
    void lossAndGradientsEqualTheDoublePrecisionJudge(double valueClipRange) {
        PpoClip clip = new PpoClip(0.2, valueClipRange, 0.1, 0.01);
        for (int seed = 0; seed < 20; seed++) {
            Arrays2 batch = random(seed);
            SurrogateLoss policy = SurrogateLoss.of(
                    clip.surrogate(),
                    LossMean.OVER_TOKENS,
                    batch.newLogprobs(),
                    batch.logprobs(),
                    batch.advantages(),
                    batch.mask());
            PpoValueLoss value = PpoValueLoss.of(
                    batch.newValues(), batch.values(), batch.returns(), batch.valueMask(), clip.valueClipRange());
            try (PointerScope scope = new PointerScope()) {
                StepTally tally = new StepTally();
                Result now = batch.loss(clip, tally, batch.allRows());
                now.loss().backward();
                UpdateReport report = tally.report(batch.objective(clip), 3.5, UpdateReport.Outcome.TAKEN);

                assertThat(report.policyLoss()).isCloseTo(policy.loss(), within(TOLERANCE));
                assertThat(report.clipFraction())
                        .isEqualTo(policy.clipFraction())
                        .isBetween(0.0, 1.0);
                assertThat(report.updateKlK1()).isCloseTo(policy.updateKlK1(), within(TOLERANCE));
                assertThat(report.updateKlK2()).isCloseTo(policy.updateKlK2(), within(TOLERANCE));
                assertThat(report.updateKlK3()).isCloseTo(policy.updateKlK3(), within(TOLERANCE));
                assertThat(report.ratioMean()).isCloseTo(policy.ratioMean(), within(TOLERANCE));
                assertThat(report.valueLoss()).isCloseTo(value.loss(), within(TOLERANCE));
                assertThat(report.valueClipFraction()).isEqualTo(value.clipFraction());
                assertThat(report.gradientNorm()).isEqualTo(3.5);
                assertThat(report.tokens()).isEqualTo(batch.mask().counted());
                assertThat(report.totalLoss()).isCloseTo(now.loss().item_double(), within(TOLERANCE));
                assertThat(Tensors.toDoubles(now.logprobs().grad()))
                        .containsExactly(counted(policy.gradient(), batch.mask()), within(TOLERANCE));
                assertClose(Tensors.toRows(now.values().grad()), value.gradient(), clip.valueCoef());
                double perToken = -clip.entropyCoef() / batch.mask().counted();
                double[] everyToken = new double[(int) batch.mask().counted()];
                Arrays.fill(everyToken, perToken);
                assertThat(Tensors.toDoubles(now.entropies().grad())).containsExactly(everyToken, within(TOLERANCE));
            }
        }
    }

    private static double[] counted(double[][] values, ResponseMask mask) {
        return IntStream.range(0, values.length)
                .boxed()
                .flatMapToDouble(b -> IntStream.range(0, values[b].length)
                        .filter(t -> mask.counts(b, t))
                        .mapToDouble(t -> values[b][t]))
                .toArray();
    }

    private static void assertClose(double[][] actual, double[][] expected, double factor) {
        for (int b = 0; b < expected.length; b++) {
            for (int t = 0; t < expected[b].length; t++) {
                assertThat(actual[b][t]).isCloseTo(factor * expected[b][t], within(TOLERANCE));
            }
        }
    }

    @Test
    void microbatchesAddUpToTheMinibatch() {
        PpoClip clip = new PpoClip(0.2, 0.2, 0.1, 0.01);
        Arrays2 batch = random(99);
        try (PointerScope scope = new PointerScope()) {
            StepTally whole = new StepTally();
            StepTally parts = new StepTally();
            double loss = batch.loss(clip, whole, batch.allRows()).loss().item_double();
            double sum = 0;
            for (int[] rows : new int[][] {{4, 0}, {2}, {1, 3}}) {
                sum += batch.loss(clip, parts, rows).loss().item_double();
            }
            assertThat(sum).isCloseTo(loss, within(TOLERANCE));
            assertThat(parts.report(batch.objective(clip), 1, UpdateReport.Outcome.TAKEN))
                    .usingRecursiveComparison()
                    .withComparatorForType((a, b) -> Math.abs(a - b) < TOLERANCE ? 0 : 1, Double.class)
                    .isEqualTo(whole.report(batch.objective(clip), 1, UpdateReport.Outcome.TAKEN));
        }
    }

    /** TRL 1.9.0, its inline loss executed unmodified. */
    @Test
    void lossesAndGradientsEqualTrl() {
        int compared = 0;
        for (JsonNode golden : GoldenFile.cases("trl190_ppo_loss")) {
            PpoClip clip = new PpoClip(
                    golden.path("cliprange").asDouble(),
                    golden.path("cliprange_value").asDouble(),
                    golden.path("vf_coef").asDouble(),
                    0);
            Arrays2 batch = read(golden);
            JsonNode expected = golden.path("out");
            try (PointerScope scope = new PointerScope()) {
                StepTally tally = new StepTally();
                Result now = batch.loss(clip, tally, batch.allRows());
                now.loss().backward();
                UpdateReport report = tally.report(batch.objective(clip), 1, UpdateReport.Outcome.TAKEN);
                assertThat(now.loss().item_double())
                        .isCloseTo(expected.path("loss").asDouble(), within(1e-9));
                assertThat(report.policyLoss())
                        .isCloseTo(expected.path("pg_loss").asDouble(), within(1e-9));
                assertThat(report.valueLoss())
                        .isCloseTo(expected.path("vf_loss").asDouble(), within(1e-9));
                assertThat(report.clipFraction())
                        .isCloseTo(expected.path("pg_clipfrac").asDouble(), within(1e-9));
                assertThat(report.valueClipFraction())
                        .isCloseTo(expected.path("vf_clipfrac").asDouble(), within(1e-9));
                assertThat(Tensors.toDoubles(now.logprobs().grad()))
                        .containsExactly(
                                counted(GoldenFile.doubles2(expected.path("grad_new_logprobs")), batch.mask()),
                                within(TOLERANCE));
                assertClose(Tensors.toRows(now.values().grad()), GoldenFile.doubles2(expected.path("grad_vpred")), 1);
            }
            compared++;
        }
        assertThat(compared).isEqualTo(6);
    }

    static Stream<Surrogate> surrogates() {
        return Stream.of(
                new Surrogate.Clipped(RatioLevel.TOKEN, 0.2, 0.28, 1.5),
                new Surrogate.BoundedWeight(1.1),
                new Surrogate.Clipped(RatioLevel.SEQUENCE_MEAN, 0.1, 0.1, Double.POSITIVE_INFINITY),
                new Surrogate.Clipped(RatioLevel.SEQUENCE, 0.3, 0.3, 2));
    }

    @ParameterizedTest
    @MethodSource("surrogates")
    void everySurrogateAndMeanEqualsTheDoublePrecisionJudge(Surrogate surrogate) {
        for (LossMean mean : List.of(LossMean.OVER_TOKENS, LossMean.OVER_SEQUENCES, LossMean.overSequenceSums(7))) {
            Arrays2 batch = random(5);
            SurrogateLoss expected = SurrogateLoss.of(
                    surrogate, mean, batch.newLogprobs(), batch.logprobs(), batch.advantages(), batch.mask());
            UpdateObjective wanted =
                    new UpdateObjective(surrogate, mean, ValueTerm.NONE, 0, KlLoss.NONE, ReferenceKlLimit.NONE);
            StepObjective objective = new StepObjective(wanted, batch.mask().counted(), 5, 1);
            try (PointerScope scope = new PointerScope()) {
                ScalarType type = ScalarType.Double;
                ResponseMask mask = batch.mask();
                Tensor now = Counted.only(batch.newLogprobs(), mask, type).requires_grad_(true);
                PolicyTargets before = new PolicyTargets(
                        Counted.only(batch.logprobs(), mask, type),
                        Counted.only(batch.logprobs(), mask, type),
                        Counted.only(batch.advantages(), mask, type),
                        Counted.only(mean.tokenWeights(mask), mask, type),
                        null);
                if (objective.needsSequences()) {
                    before = before.with(sequences(surrogate.level(), batch));
                }
                StepTally tally = new StepTally();
                objective
                        .policyLoss(new TokenFigures(now, now.detach(), null), before, tally)
                        .backward();
                UpdateReport report = tally.report(objective, 1, UpdateReport.Outcome.TAKEN);
                assertThat(report.policyLoss()).isCloseTo(expected.loss(), within(TOLERANCE));
                assertThat(report.clipFraction()).isCloseTo(expected.clipFraction(), within(TOLERANCE));
                assertThat(Tensors.toDoubles(now.grad()))
                        .containsExactly(counted(expected.gradient(), mask), within(TOLERANCE));
            }
        }
    }

    private static PolicyTargets.Sequences sequences(RatioLevel level, Arrays2 batch) {
        ResponseMask mask = batch.mask();
        double[][] logRatios = new double[mask.sequences()][mask.width(0)];
        double[][] shares = new double[mask.sequences()][mask.width(0)];
        for (int b = 0; b < logRatios.length; b++) {
            double sum = 0;
            for (int t = 0; t < mask.counted(b); t++) {
                sum += batch.newLogprobs()[b][t] - batch.logprobs()[b][t];
            }
            boolean mean = level == RatioLevel.SEQUENCE_MEAN;
            Arrays.fill(logRatios[b], mean ? sum / mask.counted(b) : sum);
            Arrays.fill(shares[b], mean ? 1 : 1.0 / mask.counted(b));
        }
        return new PolicyTargets.Sequences(
                Counted.only(logRatios, mask, ScalarType.Double), Counted.only(shares, mask, ScalarType.Double));
    }

    private static Arrays2 read(JsonNode golden) {
        return new Arrays2(
                GoldenFile.doubles2(golden.path("new_logprobs")),
                GoldenFile.doubles2(golden.path("old_logprobs")),
                GoldenFile.doubles2(golden.path("advantages")),
                GoldenFile.doubles2(golden.path("vpred")),
                GoldenFile.doubles2(golden.path("old_values")),
                GoldenFile.doubles2(golden.path("returns")),
                GoldenFile.doubles2(golden.path("new_logprobs")),
                inverse(golden.path("padding_mask")),
                inverse(golden.path("padding_mask_p1")));
    }

    private static ResponseMask inverse(JsonNode paddingMask) {
        boolean[][] counts = GoldenFile.flags2(paddingMask);
        for (boolean[] row : counts) {
            for (int t = 0; t < row.length; t++) {
                row[t] = !row[t];
            }
        }
        return ResponseMask.of(counts);
    }
}
