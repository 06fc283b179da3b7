package dev.tether.torch.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.objective.PpoPolicyLoss;
import dev.tether.core.objective.PpoValueLoss;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.golden.GoldenFile;
import dev.tether.torch.network.ResponseTensors;
import dev.tether.trainer.model.UpdateReport;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@SuppressWarnings("try") // scopes act by being open
class PpoObjectiveTest {
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

        PpoTargets targets(int... rows) {
            ResponseMask m = mask.rows(rows);
            ResponseMask v = valueMask.rows(rows);
            return new PpoTargets(
                    Counted.ones(m, ScalarType.Double),
                    Counted.of(pick(logprobs, rows), m, ScalarType.Double),
                    Counted.of(pick(advantages, rows), m, ScalarType.Double),
                    Counted.ones(v, ScalarType.Double),
                    Counted.of(pick(values, rows), v, ScalarType.Double),
                    Counted.of(pick(returns, rows), v, ScalarType.Double));
        }

        ResponseTensors predictions(int... rows) {
            return new ResponseTensors(
                    leaf(pick(newLogprobs, rows), mask.rows(rows)),
                    leaf(pick(entropy, rows), mask.rows(rows)),
                    leaf(pick(newValues, rows), valueMask.rows(rows)));
        }

        PpoObjective objective(PpoClip clip) {
            return new PpoObjective(clip, mask.counted(), valueMask.counted());
        }

        private static double[][] pick(double[][] values, int... rows) {
            return Arrays.stream(rows).mapToObj(b -> values[b]).toArray(double[][]::new);
        }

        private static Tensor leaf(double[][] values, ResponseMask mask) {
            return Counted.of(values, mask, ScalarType.Double).requires_grad_(true);
        }

        int[] allRows() {
            int[] rows = new int[newLogprobs.length];
            Arrays.setAll(rows, b -> b);
            return rows;
        }
    }

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
            PpoPolicyLoss policy =
                    PpoPolicyLoss.of(batch.newLogprobs(), batch.logprobs(), batch.advantages(), batch.mask(), clip);
            PpoValueLoss value =
                    PpoValueLoss.of(batch.newValues(), batch.values(), batch.returns(), batch.valueMask(), clip);
            try (PointerScope scope = new PointerScope()) {
                ResponseTensors now = batch.predictions(batch.allRows());
                PpoTally tally = new PpoTally();
                Tensor loss = batch.objective(clip).loss(now, batch.targets(batch.allRows()), tally);
                loss.backward();
                UpdateReport report = tally.report(batch.objective(clip), 3.5);

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
                assertThat(report.totalLoss()).isCloseTo(loss.item_double(), within(TOLERANCE));
                assertClose(Tensors.toRows(now.logprobs().grad()), policy.gradient(), 1);
                assertClose(Tensors.toRows(now.values().grad()), value.gradient(), clip.valueCoef());
                double perToken = -clip.entropyCoef() / batch.mask().counted();
                for (int b = 0; b < 5; b++) {
                    for (int t = 0; t < 7; t++) {
                        assertThat(Tensors.toRows(now.entropy().grad())[b][t])
                                .isCloseTo(batch.mask().counts(b, t) ? perToken : 0, within(TOLERANCE));
                    }
                }
            }
        }
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
            PpoTally whole = new PpoTally();
            PpoTally parts = new PpoTally();
            double loss = batch.objective(clip)
                    .loss(batch.predictions(batch.allRows()), batch.targets(batch.allRows()), whole)
                    .item_double();
            double sum = 0;
            for (int[] rows : new int[][] {{4, 0}, {2}, {1, 3}}) {
                sum += batch.objective(clip)
                        .loss(batch.predictions(rows), batch.targets(rows), parts)
                        .item_double();
            }
            assertThat(sum).isCloseTo(loss, within(TOLERANCE));
            assertThat(parts.report(batch.objective(clip), 1))
                    .usingRecursiveComparison()
                    .withComparatorForType((a, b) -> Math.abs(a - b) < TOLERANCE ? 0 : 1, Double.class)
                    .isEqualTo(whole.report(batch.objective(clip), 1));
        }
    }

    @Test
    void aPolicyWithoutValueFunctionHasNoValueLoss() {
        PpoClip clip = new PpoClip(0.2, 0.2, 0.1, 0);
        Arrays2 batch = random(7);
        try (PointerScope scope = new PointerScope()) {
            ResponseTensors full = batch.predictions(batch.allRows());
            PpoTally tally = new PpoTally();
            Tensor loss = batch.objective(clip)
                    .loss(
                            new ResponseTensors(full.logprobs(), full.entropy(), null),
                            batch.targets(batch.allRows()),
                            tally);
            UpdateReport report = tally.report(batch.objective(clip), 1);
            assertThat(report.valueLoss()).isZero();
            assertThat(report.valueClipFraction()).isZero();
            assertThat(report.totalLoss()).isEqualTo(report.policyLoss()).isEqualTo(loss.item_double());
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
                ResponseTensors now = batch.predictions(batch.allRows());
                PpoTally tally = new PpoTally();
                Tensor loss = batch.objective(clip).loss(now, batch.targets(batch.allRows()), tally);
                loss.backward();
                UpdateReport report = tally.report(batch.objective(clip), 1);
                assertThat(loss.item_double()).isCloseTo(expected.path("loss").asDouble(), within(1e-9));
                assertThat(report.policyLoss())
                        .isCloseTo(expected.path("pg_loss").asDouble(), within(1e-9));
                assertThat(report.valueLoss())
                        .isCloseTo(expected.path("vf_loss").asDouble(), within(1e-9));
                assertThat(report.clipFraction())
                        .isCloseTo(expected.path("pg_clipfrac").asDouble(), within(1e-9));
                assertThat(report.valueClipFraction())
                        .isCloseTo(expected.path("vf_clipfrac").asDouble(), within(1e-9));
                assertClose(
                        Tensors.toRows(now.logprobs().grad()),
                        GoldenFile.doubles2(expected.path("grad_new_logprobs")),
                        1);
                assertClose(Tensors.toRows(now.values().grad()), GoldenFile.doubles2(expected.path("grad_vpred")), 1);
            }
            compared++;
        }
        assertThat(compared).isEqualTo(6);
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
