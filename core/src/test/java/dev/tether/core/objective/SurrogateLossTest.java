package dev.tether.core.objective;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.copy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.belt.PenaltyLoss;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.ResponseMask;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class SurrogateLossTest {
    @Test
    void goldenGrpoLossInAllItsCases() {
        List<JsonNode> cases = GoldenJson.cases("grpo_loss");
        assertThat(cases).hasSize(23);
        for (JsonNode golden : cases) {
            String name = GoldenJson.name(golden);
            JsonNode out = golden.get("out");
            ResponseMask mask = GoldenJson.mask(golden, "mask");
            double[][] now = GoldenJson.matrix(golden, "new_logprobs");
            double[][] before =
                    golden.get("old_logprobs").isNull() ? copy(now) : GoldenJson.matrix(golden, "old_logprobs");
            double beta = GoldenJson.number(golden, "beta");
            LossMean mean = mean(golden);
            SurrogateLoss policy = SurrogateLoss.of(
                    surrogate(golden), mean, now, before, perToken(GoldenJson.vector(golden, "advantages"), now), mask);
            PenaltyPlacement placement = GoldenJson.number(golden, "use_bias_correction_kl") == 1
                    ? PenaltyPlacement.WEIGHTED_K3_IN_LOSS
                    : PenaltyPlacement.K3_IN_LOSS;
            PenaltyLoss penalty =
                    PenaltyLoss.of(placement, mean, now, before, GoldenJson.matrix(golden, "ref_logprobs"), mask);
            assertClose(name, policy.loss() + beta * penalty.loss(), GoldenJson.number(out, "loss"), 1e-9);
            double[][] gradient = copy(policy.gradient());
            for (int b = 0; b < gradient.length; b++) {
                for (int t = 0; t < gradient[b].length; t++) {
                    gradient[b][t] += beta * penalty.gradient()[b][t];
                }
            }
            assertClose(name, gradient, GoldenJson.matrix(out, "grad_new_logprobs"), 1e-9);
        }
    }

    private static Surrogate surrogate(JsonNode golden) {
        double high = GoldenJson.number(golden, "epsilon_high");
        if (golden.get("loss_type").asString().equals("cispo")) {
            return new Surrogate.BoundedWeight(high);
        }
        boolean whole = golden.get("importance_sampling_level").asString().equals("sequence");
        return new Surrogate.Clipped(
                whole ? RatioLevel.SEQUENCE_MEAN : RatioLevel.TOKEN,
                GoldenJson.number(golden, "epsilon_low"),
                high,
                golden.get("delta").isNull() ? Double.POSITIVE_INFINITY : GoldenJson.number(golden, "delta"));
    }

    private static LossMean mean(JsonNode golden) {
        return switch (golden.get("loss_type").asString()) {
            case "grpo" -> LossMean.OVER_SEQUENCES;
            case "dr_grpo" -> LossMean.overSequenceSums(GoldenJson.number(golden, "max_completion_length"));
            case "bnpo", "dapo", "cispo" -> LossMean.OVER_TOKENS;
            default -> throw new AssertionError(golden.get("loss_type"));
        };
    }

    @Test
    void goldenRlooLoss() {
        for (JsonNode golden : GoldenJson.cases("rloo_loss")) {
            double epsilon = GoldenJson.number(golden, "epsilon");
            double[][] now = GoldenJson.matrix(golden, "new_logprobs");
            SurrogateLoss loss = SurrogateLoss.of(
                    new Surrogate.Clipped(RatioLevel.SEQUENCE, epsilon, epsilon, Double.POSITIVE_INFINITY),
                    LossMean.overSequenceSums(1),
                    now,
                    GoldenJson.matrix(golden, "old_logprobs"),
                    perToken(GoldenJson.vector(golden, "advantages"), now),
                    GoldenJson.mask(golden, "mask"));
            String name = GoldenJson.name(golden);
            assertClose(name, loss.loss(), GoldenJson.number(golden.get("out"), "loss"), 1e-9);
            assertClose(name, loss.gradient(), GoldenJson.matrix(golden.get("out"), "grad_new_logprobs"), 1e-9);
        }
    }

    private static double[][] perToken(double[] advantages, double[][] shape) {
        double[][] all = copy(shape);
        for (int b = 0; b < all.length; b++) {
            Arrays.fill(all[b], advantages[b]);
        }
        return all;
    }

    static Stream<Surrogate> surrogates() {
        return Stream.of(
                new Surrogate.Clipped(RatioLevel.TOKEN, 0.2, 0.28, 1.5),
                new Surrogate.Clipped(RatioLevel.SEQUENCE_MEAN, 0.2, 0.2, Double.POSITIVE_INFINITY),
                new Surrogate.Clipped(RatioLevel.SEQUENCE, 0.3, 0.3, 2));
    }

    /** The clipped forms are the derivative of the loss that they report; CISPO, on purpose, is not. */
    @ParameterizedTest
    @MethodSource("surrogates")
    void theGradientIsTheSlopeOfTheLoss(Surrogate surrogate) {
        SplittableRandom random = new SplittableRandom(5);
        ResponseMask mask = ResponseMask.ofLengths(new int[] {4, 2, 1}, 4);
        for (LossMean mean : List.of(LossMean.OVER_TOKENS, LossMean.OVER_SEQUENCES, LossMean.overSequenceSums(7))) {
            double[][] now = random(random, -2, 0.3);
            double[][] before = random(random, -2, 0.3);
            double[][] advantages = random(random, 0, 1);
            if (surrogate.level() != RatioLevel.TOKEN) {
                advantages = perToken(new double[] {1.3, -0.4, -1}, now);
            }
            double[][] gradient = SurrogateLoss.of(surrogate, mean, now, before, advantages, mask)
                    .gradient();
            double h = 1e-6;
            for (int b = 0; b < 3; b++) {
                for (int t = 0; t < mask.counted(b); t++) {
                    double[][] up = copy(now);
                    double[][] down = copy(now);
                    up[b][t] += h;
                    down[b][t] -= h;
                    double slope = (SurrogateLoss.of(surrogate, mean, up, before, advantages, mask)
                                            .loss()
                                    - SurrogateLoss.of(surrogate, mean, down, before, advantages, mask)
                                            .loss())
                            / (2 * h);
                    assertClose(surrogate + " " + mean, gradient[b][t], slope, 1e-8);
                }
            }
        }
    }

    private static double[][] random(SplittableRandom random, double mean, double spread) {
        double[][] values = new double[3][4];
        for (double[] row : values) {
            Arrays.setAll(row, t -> mean + spread * random.nextGaussian());
        }
        return values;
    }

    @Test
    void aBoundedWeightNeverSilencesAToken() {
        Surrogate cispo = new Surrogate.BoundedWeight(1.2);
        Surrogate.Term term = cispo.at(Math.log(3), -1, 2);
        assertThat(term.slope()).isEqualTo(-2.4);
        assertThat(term.clipped()).isEqualTo(1);
    }

    @Test
    void everyMeanWeighsALoneSequenceTheSame() {
        ResponseMask mask = ResponseMask.all(1, 4);
        assertThat(LossMean.OVER_TOKENS.weights(mask)).containsExactly(0.25);
        assertThat(LossMean.OVER_SEQUENCES.weights(mask)).containsExactly(0.25);
        assertThat(LossMean.overSequenceSums(4).weights(mask)).containsExactly(0.25);
    }

    @Test
    void aSequenceWithoutTokensWeighsNothing() {
        ResponseMask mask = ResponseMask.ofLengths(new int[] {0, 2}, 2);
        assertThat(LossMean.OVER_SEQUENCES.weights(mask)).containsExactly(0, 0.25);
    }

    @Test
    void aCeilingBelowTheClipIsRefused() {
        assertThatThrownBy(() -> new Surrogate.Clipped(RatioLevel.TOKEN, 0.2, 0.5, 1.4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ceiling = 1.4");
    }
}
