package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.belt.PenaltyLoss;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.objective.PpoClip;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.network.TokenFigures;
import dev.tether.torch.network.TokenLoss;
import dev.tether.torch.network.TokenReading;
import dev.tether.torch.network.TrainingPass;
import dev.tether.torch.optim.Gradients;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.probe.ProbeMinibatch;
import dev.tether.torch.probe.TinyPair;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.MovingReference;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The penalty over the whole vocabulary, in an optimiser step; its judge is {@link PenaltyLoss#atPosition}. */
class RaoBlackwellUpdateTest {
    private static final double PRICE = 0.3;
    private static final KlLoss PENALTY = new KlLoss(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS, PRICE);
    private static final PpoClip CLIP = new PpoClip(0.2, 0.2, 0, 0.01);

    @TempDir
    static Path scratch;

    @ParameterizedTest
    @CsvSource({"FLOAT64, 1, 0, 1e-12", "FLOAT64, 0.7, 2, 1e-12", "FLOAT32, 0.7, 1, 1e-6"})
    void theReportedPenaltyIsThatOfTheDoublePrecisionJudge(
            ComputeType type, double temperature, int microbatchSize, double tolerance) {
        try (TinyPair pair = TinyPair.of(scratch, 40, type);
                PolicyTrainer trainer =
                        new PolicyTrainer(pair.policy(), null, OptimizerSettings.defaults(), microbatchSize)) {
            double expected = PRICE * meanNats(pair, temperature);
            UpdateReport report = update(trainer, pair, temperature, 2);
            assertThat(report.klLoss()).isCloseTo(expected, within(tolerance)).isGreaterThan(0.001);
            assertThat(report.totalLoss())
                    .isCloseTo(report.policyLoss() - 0.01 * report.entropy() + expected, within(10 * tolerance));
        }
    }

    /** What the sampled tokens say of policy and reference does not enter: no ratio, no logprob of the rollout. */
    @Test
    void thePenaltyDoesNotDependOnTheSampledTokensLogprobs() {
        double[] penalties = new double[2];
        for (int i = 0; i < 2; i++) {
            try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT64);
                    PolicyTrainer trainer = new PolicyTrainer(pair.policy(), null, OptimizerSettings.defaults(), 0)) {
                penalties[i] = update(trainer, pair, 1, 2 + i).klLoss();
            }
        }
        assertThat(penalties[1]).isEqualTo(penalties[0]);
    }

    private static UpdateReport update(PolicyTrainer trainer, TinyPair pair, double temperature, long seed) {
        return trainer.update(
                ProbeMinibatch.of(pair.batch(), seed),
                UpdateObjective.of(CLIP).with(PENALTY),
                new TokenReading(temperature, EntropyGradient.TRACKED, pair.reference()),
                1e-3);
    }

    private static double meanNats(TinyPair pair, double temperature) {
        TokenBatch batch = pair.batch();
        double sum = 0;
        for (int b = 0; b < batch.sequences(); b++) {
            double[][] policy = TinyPair.distributions(pair.policy(), batch, b, temperature);
            double[][] reference = TinyPair.distributions(pair.reference(), batch, b, temperature);
            for (int t = 0; t < policy.length; t++) {
                if (policy[t] != null) {
                    sum += PenaltyLoss.atPosition(policy[t], reference[t]).nats();
                }
            }
        }
        return sum / batch.responseMask().counted();
    }

    /** The mean KL over counted tokens, nothing else. */
    private record KlAlone(long tokens) implements TokenLoss {
        @Override
        public Tensor ofTokens(long first, TokenFigures now) {
            // the pass needs a derivative by the logprobs too
            return now.referenceKl()
                    .sum()
                    .div(new Scalar((double) tokens))
                    .add(now.logprobs().sum().mul(new Scalar(0.0)));
        }

        @Override
        public Tensor ofValues(Tensor values) {
            throw new IllegalStateException("there is no value function");
        }
    }

    @Test
    void itsGradientIsThatOfCentralFiniteDifferencesOfTheJudge() {
        double temperature = 0.8;
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT64);
                TrainingPass pass = new TrainingPass(pair.policy(), null);
                Gradients gradients = new Gradients(pair.policy().parameters().values())) {
            KlAlone loss = new KlAlone(pair.batch().responseMask().counted());
            pass.run(pair.batch(), new TokenReading(temperature, EntropyGradient.NONE, pair.reference()), loss);
            Random random = new Random(5);
            for (Map.Entry<String, Tensor> parameter :
                    pair.policy().parameters().entrySet()) {
                double[] gradient = Tensors.toDoubles(parameter.getValue().grad());
                for (int trial = 0; trial < 4; trial++) {
                    int entry = random.nextInt(gradient.length);
                    double slope = (moved(pair, parameter.getValue(), entry, 1e-5, temperature)
                                    - moved(pair, parameter.getValue(), entry, -1e-5, temperature))
                            / 2e-5;
                    assertThat(gradient[entry])
                            .as(parameter.getKey() + " " + entry)
                            .isCloseTo(slope, within(1e-8));
                }
            }
            assertThat(gradients.norm()).isGreaterThan(0.01);
        }
    }

    private static double moved(TinyPair pair, Tensor parameter, int entry, double by, double temperature) {
        add(parameter, entry, by);
        double nats = meanNats(pair, temperature);
        add(parameter, entry, -by);
        return nats;
    }

    private static void add(Tensor parameter, int entry, double by) {
        Scoped.runWithoutGradients(() -> parameter.view(-1).narrow(0, entry, 1).add_(new Scalar(by)));
    }

    @Test
    void stepsOnThePenaltyAloneBringThePolicyBackToItsReference() {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT32);
                PolicyTrainer trainer = new PolicyTrainer(pair.policy(), null, OptimizerSettings.defaults(), 0)) {
            double before = meanNats(pair, 1);
            Minibatch minibatch = ProbeMinibatch.withoutAdvantages(pair.batch());
            UpdateObjective objective =
                    UpdateObjective.of(new PpoClip(0.2, 0.2, 0, 0)).with(PENALTY);
            for (int step = 0; step < 100; step++) {
                trainer.update(minibatch, objective, new TokenReading(1, EntropyGradient.NONE, pair.reference()), 1e-2);
            }
            assertThat(meanNats(pair, 1)).isLessThan(0.05 * before);
        }
    }

    @Test
    void aReferenceThatCannotBeReadIsRefused() {
        Path model = TinyPair.policyDirectory(scratch, 40);
        Path smaller = TinyPair.policyDirectory(scratch, 4);
        ModelSettings single = new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0);
        ModelSettings twofold = new ModelSettings(ComputeType.FLOAT64, ValueKind.NONE, 0);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(model, single);
                ReferenceModel good = LanguageModels.openReference(model, single);
                ReferenceModel precise = LanguageModels.openReference(model, twofold);
                ReferenceModel foreignWords = LanguageModels.openReference(smaller, single)) {
            Minibatch minibatch = RandomMinibatch.of(policy, 40, 2, 3, 1);
            assertThat(updateAgainst(policy, Optional.of(good), minibatch).klLoss())
                    .isCloseTo(0, within(1e-6));
            assertThatThrownBy(() -> updateAgainst(policy, Optional.empty(), minibatch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("RAO_BLACKWELL_IN_LOSS is a sum over the vocabulary, but the loss was given no"
                            + " reference to read it from");
            assertThatThrownBy(() -> updateAgainst(policy, Optional.of(precise), minibatch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the policy computes in FLOAT32, the reference in FLOAT64: a penalty over the vocabulary"
                                    + " needs one number type");
            assertThatThrownBy(() -> updateAgainst(policy, Optional.of(foreignWords), minibatch))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("a KL needs two models of one vocabulary");
            assertThatThrownBy(() -> updateAgainst(policy, Optional.of(new Silent()), minibatch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Silent has none that a policy on libtorch can read");
        }
    }

    @Test
    void aReferenceThatHasMovedIsReadWhereItIsNow() {
        Path model = TinyPair.policyDirectory(scratch, 40);
        ModelSettings settings = new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0);
        try (TorchPolicyModel policy = LanguageModels.openPolicy(model, settings);
                MovingReference reference =
                        LanguageModels.openMovingReference(TinyPair.referenceDirectory(scratch, 40), settings)) {
            Minibatch minibatch = RandomMinibatch.of(policy, 40, 4, 5, 1);
            assertThat(updateAgainst(policy, Optional.of(reference), minibatch).klLoss())
                    .isGreaterThan(0.001);
            reference.moveTowards(policy, 1);
            assertThat(updateAgainst(policy, Optional.of(reference), minibatch).klLoss())
                    .isCloseTo(0, within(1e-6));
        }
    }

    private static UpdateReport updateAgainst(
            TorchPolicyModel policy, Optional<ReferenceModel> reference, Minibatch minibatch) {
        KlLoss penalty = new KlLoss(PenaltyPlacement.RAO_BLACKWELL_IN_LOSS, PRICE, reference);
        return policy.update(minibatch, UpdateObjective.of(CLIP).with(penalty), 1, 0);
    }

    private static final class Silent implements ReferenceModel {
        @Override
        public double[][] logprobs(TokenBatch batch, double temperature) {
            return new double[0][];
        }

        @Override
        public void close() {}
    }
}
