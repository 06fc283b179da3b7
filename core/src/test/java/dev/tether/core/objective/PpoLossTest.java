package dev.tether.core.objective;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.assertCloseWhereCounted;
import static dev.tether.core.Arrays2.copy;
import static dev.tether.core.Arrays2.filled;
import static dev.tether.core.Arrays2.poisonUncounted;
import static dev.tether.core.Arrays2.randomMask;
import static dev.tether.core.Arrays2.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.GoldenJson;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.stats.Masked;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PpoLossTest {
    @Test
    void goldenTrl190() {
        for (JsonNode golden : GoldenJson.cases("trl190_ppo_loss")) {
            String name = GoldenJson.name(golden);
            JsonNode out = golden.get("out");
            ResponseMask mask = GoldenJson.paddingMask(golden, "padding_mask");
            ResponseMask valueMask = GoldenJson.paddingMask(golden, "padding_mask_p1");
            PpoClip clip = new PpoClip(
                    GoldenJson.number(golden, "cliprange"),
                    GoldenJson.number(golden, "cliprange_value"),
                    GoldenJson.number(golden, "vf_coef"),
                    0);
            SurrogateLoss policy = SurrogateLoss.of(
                    clip.surrogate(),
                    LossMean.OVER_TOKENS,
                    GoldenJson.matrix(golden, "new_logprobs"),
                    GoldenJson.matrix(golden, "old_logprobs"),
                    GoldenJson.matrix(golden, "advantages"),
                    mask);
            PpoValueLoss value = PpoValueLoss.of(
                    GoldenJson.matrix(golden, "vpred"),
                    GoldenJson.matrix(golden, "old_values"),
                    GoldenJson.matrix(golden, "returns"),
                    valueMask,
                    clip.valueClipRange());
            assertClose(name, policy.loss(), GoldenJson.number(out, "pg_loss"), 1e-9);
            assertClose(name, value.loss(), GoldenJson.number(out, "vf_loss"), 1e-9);
            double total = policy.loss() + clip.valueCoef() * value.loss();
            assertClose(name, total, GoldenJson.number(out, "loss"), 1e-9);
            assertClose(name, policy.clipFraction(), GoldenJson.number(out, "pg_clipfrac"), 1e-9);
            assertClose(name, value.clipFraction(), GoldenJson.number(out, "vf_clipfrac"), 1e-9);
            assertClose(name, policy.gradient(), GoldenJson.matrix(out, "grad_new_logprobs"), 1e-9);
            double[][] valueGradient = times(value.gradient(), clip.valueCoef());
            assertClose(name, valueGradient, GoldenJson.matrix(out, "grad_vpred"), 1e-9);
            double[][] ratio = GoldenJson.matrix(out, "ratio");
            assertClose(name, policy.ratioMean(), Masked.mean(ratio, mask), 1e-9);
            // TRL divides by all positions, padding included
            long positions = (long) ratio.length * ratio[0].length;
            double overAll = policy.updateKlK2() * mask.counted() / positions;
            assertClose(name, overAll, GoldenJson.number(out, "approxkl_trl_unmasked_mean"), 1e-9);
        }
    }

    @Test
    void goldenTrl096() {
        PpoClip clip = new PpoClip(0.2, 0.2, 0.1, 0);
        for (JsonNode golden : GoldenJson.cases("trl096_ppo_loss")) {
            String name = GoldenJson.name(golden);
            JsonNode out = golden.get("out");
            JsonNode stats = out.get("stats");
            ResponseMask mask = GoldenJson.mask(golden, "mask");
            SurrogateLoss policy = SurrogateLoss.of(
                    clip.surrogate(),
                    LossMean.OVER_TOKENS,
                    GoldenJson.matrix(golden, "new_logprobs"),
                    GoldenJson.matrix(golden, "old_logprobs"),
                    GoldenJson.matrix(golden, "advantages"),
                    mask);
            PpoValueLoss value = PpoValueLoss.of(
                    GoldenJson.matrix(golden, "vpreds"),
                    GoldenJson.matrix(golden, "values"),
                    GoldenJson.matrix(golden, "returns"),
                    mask,
                    clip.valueClipRange());
            assertClose(name, policy.loss(), GoldenJson.number(out, "pg_loss"), 1e-9);
            assertClose(name, 0.1 * value.loss(), GoldenJson.number(out, "vf_coef_times_vf_loss"), 1e-9);
            assertClose(name, value.loss(), GoldenJson.number(stats, "loss/value"), 1e-9);
            assertClose(name, policy.updateKlK2(), GoldenJson.number(stats, "policy/approxkl"), 1e-9);
            assertClose(name, policy.updateKlK1(), GoldenJson.number(stats, "policy/policykl"), 1e-9);
            // TRL 0.9.6 averages its clip fractions in float32
            assertClose(name, policy.clipFraction(), GoldenJson.number(stats, "policy/clipfrac"), 1e-7);
            assertClose(name, value.clipFraction(), GoldenJson.number(stats, "val/clipfrac"), 1e-7);
            double[][] gradient = GoldenJson.matrix(out, "grad_new_logprobs");
            assertCloseWhereCounted(name, policy.gradient(), gradient, mask, 1e-9);
            double[][] valueGradient = times(value.gradient(), 0.1);
            assertCloseWhereCounted(name, valueGradient, GoldenJson.matrix(out, "grad_vpred"), mask, 1e-9);
            assertClose(name, entropy(golden, mask), GoldenJson.number(stats, "policy/entropy"), 1e-9);
        }
    }

    private static double entropy(JsonNode golden, ResponseMask mask) {
        double[][] entropies = new double[mask.sequences()][];
        for (int b = 0; b < entropies.length; b++) {
            entropies[b] = new double[mask.width(b)];
            double[][] logits = GoldenJson.matrix(golden.get("logits"), b);
            for (int t = 0; t < entropies[b].length; t++) {
                entropies[b][t] = Entropy.ofLogits(logits[t], 1);
            }
        }
        return Masked.mean(entropies, mask);
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() {
        SplittableRandom random = new SplittableRandom(47);
        PpoClip clip = new PpoClip(0.2, 0.3, 0.1, 0);
        double h = 1e-6;
        for (int round = 0; round < 20; round++) {
            ResponseMask mask = randomMask(random, 3, 4);
            double[][] now = filled(mask, () -> random.nextDouble(-3, -1));
            double[][] before = filled(mask, () -> random.nextDouble(-3, -1));
            double[][] third = filled(mask, () -> random.nextDouble(-2, 2));
            double[][] policyGradient = SurrogateLoss.of(
                            clip.surrogate(), LossMean.OVER_TOKENS, now, before, third, mask)
                    .gradient();
            double[][] valueGradient = PpoValueLoss.of(now, before, third, mask, clip.valueClipRange())
                    .gradient();
            for (int b = 0; b < now.length; b++) {
                for (int t = 0; t < now[b].length; t++) {
                    double[][] up = copy(now);
                    double[][] down = copy(now);
                    up[b][t] += h;
                    down[b][t] -= h;
                    double policy = (SurrogateLoss.of(clip.surrogate(), LossMean.OVER_TOKENS, up, before, third, mask)
                                            .loss()
                                    - SurrogateLoss.of(
                                                    clip.surrogate(), LossMean.OVER_TOKENS, down, before, third, mask)
                                            .loss())
                            / (2 * h);
                    double value = (PpoValueLoss.of(up, before, third, mask, clip.valueClipRange())
                                            .loss()
                                    - PpoValueLoss.of(down, before, third, mask, clip.valueClipRange())
                                            .loss())
                            / (2 * h);
                    assertClose("policy", policyGradient[b][t], policy, 1e-7);
                    assertClose("value", valueGradient[b][t], value, 1e-7);
                }
            }
        }
    }

    @Test
    void uncountedTokensAreNeverRead() {
        SplittableRandom random = new SplittableRandom(53);
        ResponseMask mask = randomMask(random, 4, 6);
        double[][] clean = filled(mask, () -> random.nextDouble(-3, -1));
        double[][] dirty = poisonUncounted(clean, mask);
        double[][] advantages = filled(mask, () -> random.nextDouble(-1, 1));
        PpoClip clip = new PpoClip(0.2, 0.2, 0.1, 0);
        SurrogateLoss policy = SurrogateLoss.of(
                clip.surrogate(), LossMean.OVER_TOKENS, dirty, dirty, poisonUncounted(advantages, mask), mask);
        SurrogateLoss cleanPolicy =
                SurrogateLoss.of(clip.surrogate(), LossMean.OVER_TOKENS, clean, clean, advantages, mask);
        assertThat(policy.loss()).isEqualTo(cleanPolicy.loss());
        assertClose("gradient", policy.gradient(), cleanPolicy.gradient(), 0);
        PpoValueLoss value = PpoValueLoss.of(dirty, dirty, dirty, mask, clip.valueClipRange());
        assertThat(value.loss()).isZero();
    }

    @Test
    void onPolicyTheLossIsMinusTheMeanAdvantageAndNothingIsClipped() {
        double[][] logprobs = {{-1, -2, -3}};
        double[][] advantages = {{0.5, -1, 2}};
        SurrogateLoss loss = SurrogateLoss.of(
                new PpoClip(0.2, 0.2, 0.1, 0).surrogate(),
                LossMean.OVER_TOKENS,
                logprobs,
                logprobs,
                advantages,
                ResponseMask.all(1, 3));
        assertClose("loss", loss.loss(), -0.5, 1e-15);
        assertThat(loss.clipFraction()).isZero();
        assertThat(loss.ratioMean()).isEqualTo(1);
        assertThat(loss.updateKlK3()).isZero();
        assertClose("gradient", loss.gradient(), new double[][] {{-0.5 / 3, 1.0 / 3, -2.0 / 3}}, 1e-15);
    }

    @Test
    void theThreeUpdateKlsAreOfOldAgainstNew() {
        double[][] before = {{-1, -2}};
        double[][] now = {{-1.5, -1.2}};
        SurrogateLoss loss = SurrogateLoss.of(
                new PpoClip(0.2, 0.2, 0.1, 0).surrogate(),
                LossMean.OVER_TOKENS,
                now,
                before,
                new double[1][2],
                ResponseMask.all(1, 2));
        assertClose("k1", loss.updateKlK1(), (0.5 - 0.8) / 2, 1e-15);
        assertClose("k2", loss.updateKlK2(), (0.25 + 0.64) / 4, 1e-15);
        assertClose("k3", loss.updateKlK3(), (Math.exp(-0.5) - 1 + 0.5 + Math.exp(0.8) - 1 - 0.8) / 2, 1e-15);
    }

    @Test
    void anInfiniteValueClipRangeNeverBites() {
        PpoValueLoss loss = PpoValueLoss.of(
                new double[][] {{100}},
                new double[][] {{0}},
                new double[][] {{1}},
                ResponseMask.all(1, 1),
                new PpoClip(0.2, Double.POSITIVE_INFINITY, 0.1, 0).valueClipRange());
        assertThat(loss.clipFraction()).isZero();
        assertClose("loss", loss.loss(), 0.5 * 99 * 99, 1e-12);
    }

    @Test
    void clipNumbersAreChecked() {
        assertThatThrownBy(() -> new PpoClip(0, 0.2, 0.1, 0)).hasMessage("clip_range = 0.0, must be finite and > 0");
        assertThatThrownBy(() -> new PpoClip(0.2, 0, 0.1, 0)).hasMessage("value_clip_range = 0.0, must be > 0");
        assertThatThrownBy(() -> new PpoClip(0.2, 0.2, 0, Double.POSITIVE_INFINITY))
                .hasMessage("entropy_coef = Infinity, must be finite and >= 0");
        assertThat(new PpoClip(0.2, 0.2, 0, 0).valueCoef()).isZero();
        assertThatThrownBy(() -> new PpoClip(0.2, Double.NaN, 0.1, 0))
                .hasMessage("value_clip_range = NaN, must be > 0");
        assertThatThrownBy(() -> new PpoClip(0.2, 0.2, -1, 0)).hasMessageStartingWith("value_coef = -1.0");
        assertThatThrownBy(() -> new PpoClip(0.2, 0.2, 0.1, Double.NaN)).hasMessageStartingWith("entropy_coef = NaN");
    }
}
