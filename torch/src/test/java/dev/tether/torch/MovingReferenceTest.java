package dev.tether.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovingReferenceTest {
    private static final ModelSettings SETTINGS =
            new ModelSettings(ComputeType.FLOAT32, ValueKind.NONE, 0, OptimizerSettings.defaults());
    private static final TokenBatch BATCH =
            new TokenBatch(new int[][] {{1, 5}}, new int[][] {{7, 9, 11}}, ResponseMask.all(1, 3));

    @TempDir
    Path temp;

    private Path model;

    @BeforeEach
    void writeAModel() throws IOException {
        model = TinyModel.write(temp);
    }

    @Test
    void aHardSyncMakesItThePolicyToTheBit() {
        try (TorchPolicyModel policy = movedPolicy();
                TorchMovingReference reference = LanguageModels.openMovingReference(model, SETTINGS)) {
            String before = reference.fingerprint();
            assertThat(reference.logprobs(BATCH, 1)[0][0])
                    .isNotEqualTo(policy.evaluate(BATCH, 1).logprobs()[0][0]);
            reference.moveTowards(policy, 1);
            assertThat(reference.logprobs(BATCH, 1))
                    .isDeepEqualTo(policy.evaluate(BATCH, 1).logprobs());
            assertThat(reference.fingerprint()).isNotEqualTo(before).startsWith("sha256:");
        }
    }

    @Test
    void aShareCoversThatShareOfTheWayOfEveryWeight() {
        try (TorchPolicyModel policy = movedPolicy();
                TorchMovingReference reference = LanguageModels.openMovingReference(model, SETTINGS)) {
            double start = firstWeight(reference.network().parameters().get("model.norm.weight"));
            double goal = firstWeight(policy.network().parameters().get("model.norm.weight"));
            reference.moveTowards(policy, 0.25);
            assertThat(firstWeight(reference.network().parameters().get("model.norm.weight")))
                    .isCloseTo(0.75 * start + 0.25 * goal, within(1e-6));
            assertThatThrownBy(() -> reference.moveTowards(policy, 0)).hasMessage("share = 0.0, must be in (0, 1]");
        }
    }

    @Test
    void itsWeightsAreSavedAndRestoredToTheBit() throws IOException {
        try (TorchPolicyModel policy = movedPolicy();
                TorchMovingReference reference = LanguageModels.openMovingReference(model, SETTINGS)) {
            reference.moveTowards(policy, 0.3);
            String fingerprint = reference.fingerprint();
            Path saved = Files.createDirectory(temp.resolve("saved"));
            reference.saveWeights(saved);
            reference.moveTowards(policy, 1);
            assertThat(reference.fingerprint()).isNotEqualTo(fingerprint);
            reference.restoreWeights(saved);
            assertThat(reference.fingerprint()).isEqualTo(fingerprint);
            Files.write(saved.resolve("weights.safetensors"), new byte[12]);
            assertThatThrownBy(() -> reference.restoreWeights(saved)).isInstanceOf(InputException.class);
            assertThat(reference.fingerprint()).isEqualTo(fingerprint);
        }
    }

    private TorchPolicyModel movedPolicy() {
        TorchPolicyModel policy = LanguageModels.openPolicy(model, SETTINGS);
        Scoped.computeWithoutGradients(() -> {
            policy.network().parameters().values().forEach(weight -> weight.mul_(new Scalar(1.25)));
            return 0;
        });
        return policy;
    }

    private static double firstWeight(Tensor weight) {
        return Scoped.computeWithoutGradients(
                () -> weight.flatten().narrow(0, 0, 1).item_double());
    }
}
