package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.objective.PpoClip;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TinyFamily;
import dev.tether.torch.TinyModel;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run does with a model, for every form of network. */
class FamilyLifeTest {
    private static final int[] NO_STOP = {TinyModel.VOCABULARY - 1};
    private static final UpdateObjective OBJECTIVE = UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0.01));

    @TempDir
    Path scratch;

    private TorchPolicyModel open(Path model, ComputeType type, ValueKind value) {
        return LanguageModels.openPolicy(model, new ModelSettings(type, value, 0));
    }

    /** Shorter and longer than the windows of the families that have one. */
    private static int[][] raggedPrompts() {
        Random random = new Random(5);
        int[][] prompts = new int[6][];
        for (int b = 0; b < prompts.length; b++) {
            prompts[b] = random.ints(1 + 2 * b, 3, TinyModel.VOCABULARY).toArray();
        }
        return prompts;
    }

    private static Sampling sampling(double temperature) {
        return new Sampling(14, temperature, 0, 1, NO_STOP);
    }

    @ParameterizedTest
    @EnumSource
    void rolloutLogprobsAreThoseOfAPassWithoutACache(TinyFamily family) throws IOException {
        Path model = family.write(scratch.resolve("model"));
        for (ComputeType type : ComputeType.values()) {
            double tolerance = switch (type) {
                case FLOAT64 -> 1e-10;
                case FLOAT32 -> 5e-5;
                case BFLOAT16 -> 0.2;
            };
            try (TorchPolicyModel policy = open(model, type, ValueKind.NONE)) {
                Generation cached = policy.generate(raggedPrompts(), sampling(1), 3);
                TokenBatch batch = new TokenBatch(raggedPrompts(), cached.responses(), cached.responseMask());
                double[][] whole = policy.evaluate(batch, 1).logprobs();
                assertClose(cached.rolloutLogprobs(), whole, tolerance);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPaddedBatchIsAnsweredAsEachPromptAlone(TinyFamily family) throws IOException {
        try (TorchPolicyModel policy =
                open(family.write(scratch.resolve("model")), ComputeType.FLOAT64, ValueKind.NONE)) {
            Generation together = policy.generate(raggedPrompts(), sampling(0), 0);
            for (int b = 0; b < raggedPrompts().length; b++) {
                Generation alone = policy.generate(new int[][] {raggedPrompts()[b]}, sampling(0), 0);
                int length = alone.responseMask().counted(0);
                assertThat(together.responseMask().counted(b)).isEqualTo(length);
                assertThat(Arrays.copyOf(together.responses()[b], length)).isEqualTo(alone.responses()[0]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTrainedModelIsRestoredAndExportedAsItIs(TinyFamily family) throws IOException {
        Path model = family.write(scratch.resolve("model"));
        Path state = Files.createDirectory(scratch.resolve("state"));
        Path exported = scratch.resolve("exported");
        TokenBatch batch;
        Evaluation before;
        Evaluation trained;
        try (TorchPolicyModel policy = open(model, ComputeType.FLOAT32, ValueKind.SEPARATE)) {
            batch = RandomMinibatch.of(policy, TinyModel.VOCABULARY, 6, 9, 1).tokens();
            before = policy.evaluate(batch, 1);
            policy.update(RandomMinibatch.of(policy, TinyModel.VOCABULARY, 6, 9, 2), OBJECTIVE, 1, 1e-3);
            trained = policy.evaluate(batch, 1);
            policy.saveTrainingState(state);
            policy.export(exported);
        }
        assertThat(trained.logprobs()[0][0]).isNotCloseTo(before.logprobs()[0][0], within(1e-3));
        try (TorchPolicyModel again = open(model, ComputeType.FLOAT32, ValueKind.SEPARATE)) {
            again.restoreTrainingState(state);
            assertThat(again.evaluate(batch, 1).logprobs()).isDeepEqualTo(trained.logprobs());
            assertThat(again.evaluate(batch, 1).values()).isDeepEqualTo(trained.values());
        }
        try (TorchPolicyModel again = open(exported, ComputeType.FLOAT32, ValueKind.NONE)) {
            assertThat(again.evaluate(batch, 1).logprobs()).isDeepEqualTo(trained.logprobs());
        }
        assertThat(names(exported)).isEqualTo(names(model));
    }

    private static Object names(Path model) {
        try (SafetensorsFile file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            return file.names();
        }
    }

    private static void assertClose(double[][] actual, double[][] expected, double tolerance) {
        for (int b = 0; b < expected.length; b++) {
            for (int t = 0; t < expected[b].length; t++) {
                assertThat(actual[b][t]).as(b + ", " + t).isCloseTo(expected[b][t], within(tolerance));
            }
        }
    }
}
