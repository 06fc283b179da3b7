package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.objective.PpoValueLoss;
import dev.tether.core.objective.SurrogateLoss;
import dev.tether.run.InputException;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TinyModel;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyTrainerTest {
    private static final PpoClip CLIP = new PpoClip(0.2, 0.2, 0.1, 0.01);
    private static final double LEARNING_RATE = 1e-3;

    @TempDir
    Path scratch;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = TinyModel.write(Files.createDirectory(scratch.resolve("model")));
    }

    private TorchPolicyModel open(ComputeType computeType, ValueKind value, int microbatchSize) {
        return LanguageModels.openPolicy(model, new ModelSettings(computeType, value, microbatchSize));
    }

    private static Minibatch minibatch(TorchPolicyModel policy, long seed) {
        return RandomMinibatch.of(policy, TinyModel.VOCABULARY, 8, 9, seed);
    }

    private Path save(TorchPolicyModel policy, String name) throws IOException {
        Path directory = Files.createDirectory(scratch.resolve(name));
        policy.saveTrainingState(directory);
        return directory;
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT64, SHARED, 1e-10",
        "FLOAT64, SEPARATE, 1e-10",
        "FLOAT64, NONE, 1e-10",
        "FLOAT32, SHARED, 1e-4",
    })
    void theResultDoesNotDependOnTheMicrobatchSize(ComputeType computeType, ValueKind value, double tolerance)
            throws IOException {
        Path whole = null;
        UpdateReport wholeReport = null;
        for (int size : new int[] {0, 1, 3}) {
            try (TorchPolicyModel policy = open(computeType, value, size)) {
                UpdateReport report = null;
                for (int step = 0; step < 3; step++) {
                    report = policy.update(minibatch(policy, step), UpdateObjective.of(CLIP), 0.9, LEARNING_RATE);
                }
                Path saved = save(policy, "microbatch-" + size);
                if (whole == null) {
                    whole = saved;
                    wholeReport = report;
                } else {
                    assertThat(greatestDifference(whole, saved)).isLessThan(tolerance);
                    assertThat(report)
                            .usingRecursiveComparison()
                            .withComparatorForType((a, b) -> Math.abs(a - b) < tolerance ? 0 : 1, Double.class)
                            .isEqualTo(wholeReport);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, SHARED, 1e-10", "FLOAT64, SEPARATE, 1e-10", "FLOAT64, NONE, 1e-10"})
    void theResultDoesNotDependOnTheThreads(ComputeType computeType, ValueKind value, double tolerance)
            throws IOException {
        Path alone = afterThreeSteps(1, computeType, value, "alone");
        Path three = afterThreeSteps(3, computeType, value, "three");
        Path again = afterThreeSteps(3, computeType, value, "again");
        assertThat(greatestDifference(alone, three)).isLessThan(tolerance);
        assertThat(greatestDifference(three, again))
                .as("the same threads once more")
                .isZero();
    }

    private Path afterThreeSteps(int threads, ComputeType computeType, ValueKind value, String name)
            throws IOException {
        TorchEngine.start(threads);
        try (TorchPolicyModel policy = open(computeType, value, 5)) {
            for (int step = 0; step < 3; step++) {
                policy.update(minibatch(policy, step), UpdateObjective.of(CLIP), 0.9, LEARNING_RATE);
            }
            return save(policy, name);
        } finally {
            TorchEngine.start(0);
        }
    }

    private static double greatestDifference(Path a, Path b) {
        try (SafetensorsFile first = SafetensorsFile.open(a.resolve("weights.safetensors"));
                SafetensorsFile second = SafetensorsFile.open(b.resolve("weights.safetensors"))) {
            return Scoped.computeWithoutGradients(() -> {
                double greatest = 0;
                for (String name : first.names()) {
                    greatest = Math.max(
                            greatest,
                            first.tensor(name)
                                    .sub(second.tensor(name))
                                    .abs()
                                    .max()
                                    .to(ScalarType.Double)
                                    .item_double());
                }
                return greatest;
            });
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ValueKind.class,
            names = {"SHARED", "SEPARATE"})
    void theReportIsWhatTheDoublePrecisionJudgeSays(ValueKind value) {
        try (TorchPolicyModel policy = open(ComputeType.FLOAT64, value, 3)) {
            policy.update(
                    minibatch(policy, 0), UpdateObjective.of(CLIP), 1, 0.01); // moves the value head off its zeros
            Minibatch batch = minibatch(policy, 1);
            Evaluation now = policy.evaluate(batch.tokens(), 0.7);
            ResponseMask mask = batch.tokens().responseMask();
            SurrogateLoss policyLoss = SurrogateLoss.of(
                    CLIP.surrogate(), LossMean.OVER_TOKENS, now.logprobs(), batch.logprobs(), batch.advantages(), mask);
            PpoValueLoss valueLoss = PpoValueLoss.of(
                    now.values(), batch.values(), batch.returns(), batch.valueMask(), CLIP.valueClipRange());
            double entropy =
                    Arrays.stream(now.entropy()).flatMapToDouble(Arrays::stream).sum() / mask.counted();

            UpdateReport report = policy.update(batch, UpdateObjective.of(CLIP), 0.7, LEARNING_RATE);

            assertThat(report.policyLoss()).isCloseTo(policyLoss.loss(), within(1e-12));
            assertThat(report.clipFraction())
                    .isEqualTo(policyLoss.clipFraction())
                    .isPositive();
            assertThat(report.updateKlK1()).isCloseTo(policyLoss.updateKlK1(), within(1e-12));
            assertThat(report.updateKlK2()).isCloseTo(policyLoss.updateKlK2(), within(1e-12));
            assertThat(report.updateKlK3()).isCloseTo(policyLoss.updateKlK3(), within(1e-12));
            assertThat(report.ratioMean()).isCloseTo(policyLoss.ratioMean(), within(1e-12));
            assertThat(report.valueLoss())
                    .isCloseTo(valueLoss.loss(), within(1e-12))
                    .isPositive();
            assertThat(report.valueClipFraction()).isEqualTo(valueLoss.clipFraction());
            assertThat(report.entropy()).isCloseTo(entropy, within(1e-12));
            assertThat(report.totalLoss())
                    .isCloseTo(policyLoss.loss() + 0.1 * valueLoss.loss() - 0.01 * entropy, within(1e-12));
            assertThat(report.tokens()).isEqualTo(mask.counted());
        }
    }

    @Test
    void aRestoredTrainingContinuesBitForBit() throws IOException {
        for (ComputeType computeType : ComputeType.values()) {
            for (ValueKind value : ValueKind.values()) {
                String name = computeType + "-" + value;
                try (TorchPolicyModel uninterrupted = open(computeType, value, 3);
                        TorchPolicyModel resumed = open(computeType, value, 3)) {
                    train(uninterrupted, 0, 5);
                    Path half = save(uninterrupted, name + "-half");
                    train(uninterrupted, 5, 10);
                    train(resumed, 20, 22); // whatever it was before must not matter
                    resumed.restoreTrainingState(half);
                    train(resumed, 5, 10);
                    assertSameFiles(save(uninterrupted, name + "-whole"), save(resumed, name + "-resumed"));
                }
            }
        }
    }

    private static void train(TorchPolicyModel policy, int from, int to) {
        for (int step = from; step < to; step++) {
            policy.update(minibatch(policy, step), UpdateObjective.of(CLIP), 1, LEARNING_RATE);
        }
    }

    private static void assertSameFiles(Path a, Path b) throws IOException {
        for (String file : new String[] {"weights.safetensors", "optimizer.safetensors"}) {
            assertThat(Files.mismatch(a.resolve(file), b.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
        try (var files = Files.list(a)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void stateOfAnotherModelIsRefusedAndNothingChanges() throws IOException {
        try (TorchPolicyModel valued = open(ComputeType.FLOAT32, ValueKind.SHARED, 0);
                TorchPolicyModel bare = open(ComputeType.FLOAT32, ValueKind.NONE, 0);
                TorchPolicyModel precise = open(ComputeType.FLOAT64, ValueKind.SHARED, 0)) {
            train(valued, 0, 1);
            Path saved = save(valued, "valued");
            Path before = save(bare, "before");
            assertThatThrownBy(() -> bare.restoreTrainingState(saved))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(
                            "weights.safetensors: belongs to another model: it holds 'value.score.weight'");
            assertThatThrownBy(() -> precise.restoreTrainingState(saved))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("is F32")
                    .hasMessageContaining("this model needs Double");
            assertThatThrownBy(() -> valued.restoreTrainingState(save(bare, "bare")))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("it lacks 'value.score.weight'");
            assertThatThrownBy(() -> valued.restoreTrainingState(scratch.resolve("none")))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("there is no such file");
            assertSameFiles(before, save(bare, "after"));
        }
    }

    @Test
    void aGradientThatIsNotFiniteLeavesTheWeightsAlone() throws IOException {
        try (TorchPolicyModel policy = open(ComputeType.FLOAT32, ValueKind.SHARED, 0)) {
            train(policy, 0, 1);
            Path before = save(policy, "before");
            Minibatch batch = minibatch(policy, 3);
            batch.advantages()[0][0] = Double.NaN;
            UpdateReport report = policy.update(batch, UpdateObjective.of(CLIP), 1, LEARNING_RATE);
            assertThat(report.gradientNorm()).isNaN();
            assertThat(report.policyLoss()).isNaN();
            assertSameFiles(before, save(policy, "after"));
            assertThat(policy.update(minibatch(policy, 4), UpdateObjective.of(CLIP), 1, LEARNING_RATE)
                            .gradientNorm())
                    .isPositive()
                    .isFinite();
        }
    }

    @Test
    void aSequenceWithoutCountedTokensChangesNothing() throws IOException {
        try (TorchPolicyModel with = open(ComputeType.FLOAT64, ValueKind.SHARED, 2);
                TorchPolicyModel without = open(ComputeType.FLOAT64, ValueKind.SHARED, 2)) {
            Minibatch batch = minibatch(with, 6);
            without.update(
                    Microbatches.select(batch, new int[] {0, 1, 2, 4, 5, 6, 7}),
                    UpdateObjective.of(CLIP),
                    1,
                    LEARNING_RATE);
            with.update(withoutTokensOf(3, batch), UpdateObjective.of(CLIP), 1, LEARNING_RATE);
            assertSameFiles(save(with, "with"), save(without, "without"));
        }
    }

    private static Minibatch withoutTokensOf(int sequence, Minibatch batch) {
        TokenBatch tokens = batch.tokens();
        int[] lengths = new int[tokens.sequences()];
        Arrays.setAll(lengths, b -> b == sequence ? 0 : tokens.responseMask().counted(b));
        ResponseMask mask = ResponseMask.ofLengths(lengths, tokens.responseWidth());
        return new Minibatch(
                new TokenBatch(tokens.prompts(), tokens.responses(), mask),
                batch.logprobs(),
                batch.refLogprobs(),
                batch.advantages(),
                batch.values(),
                batch.returns(),
                batch.valueMask());
    }

    @Test
    void rewardedTokensBecomeMoreLikely() {
        try (TorchPolicyModel policy = open(ComputeType.FLOAT32, ValueKind.NONE, 0)) {
            int rewarded = 7;
            double before = 0;
            double after = 0;
            PpoClip clip = new PpoClip(0.2, 0.2, 0, 0);
            for (int step = 0; step < 40; step++) {
                Minibatch batch = rewarding(minibatch(policy, step), policy, rewarded);
                double likely = probability(batch, rewarded);
                before = step == 0 ? likely : before;
                after = likely;
                policy.update(batch, UpdateObjective.of(clip), 1, 3e-3);
            }
            assertThat(after).isGreaterThan(3 * before);
        }
    }

    /** Half of the tokens are the rewarded one, with advantage 1; the others have -1. */
    private static Minibatch rewarding(Minibatch batch, TorchPolicyModel policy, int rewarded) {
        TokenBatch tokens = batch.tokens();
        double[][] advantages = new double[tokens.sequences()][tokens.responseWidth()];
        for (int b = 0; b < tokens.sequences(); b++) {
            for (int t = 0; t < tokens.responseWidth(); t++) {
                if ((b + t) % 2 == 0) {
                    tokens.responses()[b][t] = rewarded;
                }
                advantages[b][t] = tokens.responses()[b][t] == rewarded ? 1 : -1;
            }
        }
        Evaluation now = policy.evaluate(tokens, 1);
        return new Minibatch(
                tokens, now.logprobs(), now.logprobs(), advantages, now.values(), now.values(), batch.valueMask());
    }

    private static double probability(Minibatch batch, int token) {
        double sum = 0;
        int count = 0;
        for (int b = 0; b < batch.tokens().sequences(); b++) {
            for (int t = 0; t < batch.tokens().responseWidth(); t++) {
                if (batch.tokens().responseMask().counts(b, t) && batch.tokens().responses()[b][t] == token) {
                    sum += Math.exp(batch.logprobs()[b][t]);
                    count++;
                }
            }
        }
        return sum / count;
    }
}
