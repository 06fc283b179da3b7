package dev.tether.core.belt;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.copy;
import static dev.tether.core.Arrays2.filled;
import static dev.tether.core.Arrays2.poisonUncounted;
import static dev.tether.core.Arrays2.randomMask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PenaltyLossTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RAO_BLACKWELL_IN_LOSS")
    void gradientsAreThoseOfFiniteDifferencesWithWhatIsHeldConstantHeldConstant(PenaltyPlacement placement) {
        SplittableRandom random = new SplittableRandom(89);
        ResponseMask mask = randomMask(random, 3, 4);
        double[][] now = filled(mask, () -> random.nextDouble(-3, -1));
        double[][] before = filled(mask, () -> random.nextDouble(-3, -1));
        double[][] reference = filled(mask, () -> random.nextDouble(-3, -1));
        double[][] gradient =
                PenaltyLoss.of(placement, now, before, reference, mask).gradient();
        double h = 1e-6;
        for (int b = 0; b < now.length; b++) {
            for (int t = 0; t < now[b].length; t++) {
                double[][] up = copy(now);
                double[][] down = copy(now);
                up[b][t] += h;
                down[b][t] -= h;
                double slope =
                        (PenaltyLoss.of(placement, up, before, reference, mask).loss()
                                        - PenaltyLoss.of(placement, down, before, reference, mask)
                                                .loss())
                                / (2 * h);
                if (placement == PenaltyPlacement.K2_IN_LOSS && mask.counts(b, t)) {
                    // the finite difference also moves the weight, which training holds constant
                    double x = now[b][t] - reference[b][t];
                    slope -= Math.exp(now[b][t] - before[b][t]) * x * x / 2 / mask.counted();
                }
                assertClose(placement + " [" + b + "][" + t + "]", gradient[b][t], slope, 1e-7);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RAO_BLACKWELL_IN_LOSS")
    void uncountedTokensAreNeverRead(PenaltyPlacement placement) {
        SplittableRandom random = new SplittableRandom(97);
        ResponseMask mask = randomMask(random, 4, 5);
        double[][] now = filled(mask, () -> random.nextDouble(-3, -1));
        double[][] reference = filled(mask, () -> random.nextDouble(-3, -1));
        PenaltyLoss clean = PenaltyLoss.of(placement, now, now, reference, mask);
        double[][] dirty = poisonUncounted(now, mask);
        PenaltyLoss poisoned = PenaltyLoss.of(placement, dirty, dirty, poisonUncounted(reference, mask), mask);
        assertThat(poisoned.loss()).isEqualTo(clean.loss());
        assertClose("gradient", poisoned.gradient(), clean.gradient(), 0);
    }

    /** Vector d1.6: NeMo RL's k3 in the loss, and its gradient with the weight that makes it right. */
    @Test
    void nemoLossAndGradientVectors() {
        double[][] now = {{0, -1, -2}};
        double[][] reference = {{-1, -1, -1}};
        double loss = PenaltyLoss.of(PenaltyPlacement.K3_IN_LOSS, now, now, reference, ResponseMask.all(1, 3))
                .loss();
        assertClose("β · mean", 0.1 * loss, 0.0362, 5e-5);
        double[][] current = {{-1.2, -.7}};
        double[][] generated = {{-1.5, -.4}};
        double[][] ref = {{-.9, -1.1}};
        ResponseMask two = ResponseMask.all(1, 2);
        double[][] gradient = PenaltyLoss.of(PenaltyPlacement.WEIGHTED_K3_IN_LOSS, current, generated, ref, two)
                .gradient();
        for (int t = 0; t < 2; t++) {
            double x = current[0][t] - ref[0][t];
            double weight = Math.exp(current[0][t] - generated[0][t]);
            double k3 = KlEstimator.K3.natsAt(x);
            double published = 0.3 * weight * (k3 + 1 - Math.exp(-x)) / 2;
            assertClose("token " + t, 0.3 * gradient[0][t], published, 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"K1_IN_LOSS", "K2_IN_LOSS", "K3_IN_LOSS", "WEIGHTED_K3_IN_LOSS"})
    void onFreshSamplesTheLossIsTheEstimate(PenaltyPlacement placement) {
        double[][] now = {{-1, -2, -0.5}};
        double[][] reference = {{-1.3, -1.1, -2}};
        ResponseMask all = ResponseMask.all(1, 3);
        KlEstimator estimator = switch (placement) {
            case K1_IN_LOSS -> KlEstimator.K1;
            case K2_IN_LOSS -> KlEstimator.K2;
            default -> KlEstimator.K3;
        };
        double loss = PenaltyLoss.of(placement, now, now, reference, all).loss();
        double estimate =
                KlSummary.of(new LogprobPair(now, reference, all), estimator).natsPerToken();
        assertClose("loss", loss, estimate, 1e-15);
    }
}
