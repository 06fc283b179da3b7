package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.TokenFigures;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.PpoObjective;
import dev.tether.torch.objective.PpoTally;
import dev.tether.trainer.model.KlLoss;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the trainer's penalties pull towards: their gradients averaged over every token of a vocabulary of four with the
 * probabilities of the policy that draws them. Identities I2, I3, I4, I7 and I8.
 */
class PenaltyForceTest {
    private static final int VOCABULARY = 4;
    private static final double TOLERANCE = 1e-9;

    /** Logits of the policy being trained and logprobs of the two others, [V]. */
    private record Table(double[] logits, double[] old, double[] reference) {
        static Table random(long seed) {
            Random random = new Random(seed);
            return new Table(logits(random), logSoftmax(logits(random)), logSoftmax(logits(random)));
        }

        private static double[] logits(Random random) {
            return random.doubles(VOCABULARY, -2, 2).toArray();
        }

        private static double[] logSoftmax(double[] logits) {
            return Scoped.compute(() -> Tensors.toDoubles(log_softmax(Tensors.of(logits, VOCABULARY), 0)));
        }

        Table onPolicy() {
            return new Table(logits, logSoftmax(logits), reference);
        }

        /** ∂loss(log softmax(logits))/∂logits. */
        double[] gradient(UnaryOperator<Tensor> loss) {
            return Scoped.compute(() -> {
                Tensor leaf = Tensors.of(logits, VOCABULARY);
                leaf.set_requires_grad(true);
                loss.apply(log_softmax(leaf, 0)).backward();
                return Tensors.toDoubles(leaf.grad());
            });
        }

        double[] reverseKl() {
            return gradient(
                    p -> p.exp().mul(p.sub(Tensors.of(reference, VOCABULARY))).sum());
        }

        double[] forwardKl() {
            return gradient(
                    p -> Tensors.of(reference, VOCABULARY).exp().mul(p).sum().neg());
        }

        /** The mean of the penalty's gradient over tokens drawn from the old policy. */
        double[] force(PenaltyPlacement placement) {
            PpoClip clip = new PpoClip(0.2, 0.2, 0, 0);
            PpoObjective objective = new PpoObjective(clip, new KlLoss(placement, 1), 1, 1, 1);
            double[] force = new double[VOCABULARY];
            for (int v = 0; v < VOCABULARY; v++) {
                int token = v;
                double[] gradient = gradient(p -> {
                    Tensor chosen = p.narrow(0, token, 1);
                    Tensor none = zeros_like(chosen.detach());
                    return objective.policyLoss(
                            new TokenFigures(chosen, none, null),
                            new PolicyTargets(at(old, token), at(reference, token), none),
                            new PpoTally());
                });
                for (int i = 0; i < VOCABULARY; i++) {
                    force[i] += Math.exp(old[token]) * gradient[i];
                }
            }
            return force;
        }

        private static Tensor at(double[] values, int token) {
            return Tensors.of(new double[] {values[token]}, 1);
        }
    }

    @Test
    void k1InTheLossPullsNowhere() {
        for (int seed = 0; seed < 10; seed++) {
            assertThat(Table.random(seed).onPolicy().force(PenaltyPlacement.K1_IN_LOSS))
                    .containsExactly(new double[VOCABULARY], within(TOLERANCE));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"K2_IN_LOSS", "WEIGHTED_K3_IN_LOSS"})
    void theWeightedFormsPullByTheReverseKlOnAndOffPolicy(PenaltyPlacement placement) {
        for (int seed = 0; seed < 10; seed++) {
            Table table = Table.random(seed);
            assertThat(table.onPolicy().force(placement)).containsExactly(table.reverseKl(), within(TOLERANCE));
            assertThat(table.force(placement)).containsExactly(table.reverseKl(), within(TOLERANCE));
        }
    }

    @Test
    void k3InTheLossPullsByTheForwardKl() {
        for (int seed = 0; seed < 10; seed++) {
            Table table = Table.random(seed).onPolicy();
            assertThat(table.force(PenaltyPlacement.K3_IN_LOSS)).containsExactly(table.forwardKl(), within(TOLERANCE));
            assertThat(table.force(PenaltyPlacement.K3_IN_LOSS)[0]).isNotCloseTo(table.reverseKl()[0], within(1e-3));
        }
    }

    @Test
    void theRaoBlackwellisedTermPullsByTheReverseKlWhateverTheToken() {
        for (int seed = 0; seed < 10; seed++) {
            Table table = Table.random(seed);
            double[] gradient =
                    table.gradient(p -> Distributions.kl(p.unsqueeze(0), Tensors.of(table.reference(), 1, VOCABULARY))
                            .sum());
            assertThat(gradient).containsExactly(table.reverseKl(), within(TOLERANCE));
        }
    }
}
