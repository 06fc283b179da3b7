package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.TinyModel;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.TorchReferenceModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a probe sees is what training sees, and training does not see the probe. */
class ProbeLeavesNoTraceTest {
    private static final UpdateObjective OBJECTIVE = UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0.01))
            .with(new KlLoss(PenaltyPlacement.WEIGHTED_K3_IN_LOSS, 0.2));

    @TempDir
    static Path scratch;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = TinyModel.write(Files.createDirectory(scratch.resolve("model")));
    }

    private static TorchPolicyModel policy(ComputeType type, ValueKind value) {
        return LanguageModels.openPolicy(model, new ModelSettings(type, value, 3));
    }

    private static TorchReferenceModel reference(ComputeType type) {
        return LanguageModels.openReference(model, new ModelSettings(type, ValueKind.NONE, 0));
    }

    private static Minibatch minibatch(TorchPolicyModel policy, TorchReferenceModel reference, long seed) {
        Random random = new Random(seed);
        int[][] prompts = new int[6][];
        int[][] responses = new int[6][];
        int[] lengths = new int[6];
        for (int b = 0; b < 6; b++) {
            prompts[b] = random.ints(1 + b, 3, TinyModel.VOCABULARY).toArray();
            responses[b] = random.ints(8, 3, TinyModel.VOCABULARY).toArray();
            lengths[b] = 1 + random.nextInt(8);
        }
        TokenBatch tokens = new TokenBatch(prompts, responses, ResponseMask.ofLengths(lengths, 8));
        double[][] values = policy.evaluate(tokens, 1).values();
        Minibatch made =
                ProbeMinibatch.of(tokens, policy.evaluate(tokens, 1).logprobs(), reference.logprobs(tokens, 0.7), seed);
        return new Minibatch(
                tokens, made.logprobs(), made.refLogprobs(), made.advantages(), values, values, tokens.responseMask());
    }

    @Test
    void theGradientOfAnUpdateIsThatOfTheOptimiserStep() {
        try (TorchPolicyModel policy = policy(ComputeType.FLOAT64, ValueKind.NONE);
                TorchReferenceModel reference = reference(ComputeType.FLOAT64)) {
            Minibatch minibatch = minibatch(policy, reference, 4);
            double[][] gram = LanguageModels.openBeltProbe(policy, reference)
                    .gradientGram(List.of(new ProbeLoss.Update(minibatch, OBJECTIVE)), 0.9);
            double norm = policy.update(minibatch, OBJECTIVE, 0.9, 1e-3).gradientNorm();
            assertThat(Math.sqrt(gram[0][0])).isCloseTo(norm, within(1e-12)).isGreaterThan(0.1);
        }
    }

    @Test
    void theValueFunctionIsLeftOut() {
        try (TorchPolicyModel bare = policy(ComputeType.FLOAT64, ValueKind.NONE);
                TorchPolicyModel valued = policy(ComputeType.FLOAT64, ValueKind.SHARED);
                TorchReferenceModel reference = reference(ComputeType.FLOAT64)) {
            List<ProbeLoss> losses = List.of(new ProbeLoss.Update(minibatch(bare, reference, 4), OBJECTIVE));
            List<ProbeLoss> same = List.of(new ProbeLoss.Update(minibatch(valued, reference, 4), OBJECTIVE));
            assertThat(LanguageModels.openBeltProbe(valued, reference).gradientGram(same, 1))
                    .isDeepEqualTo(LanguageModels.openBeltProbe(bare, reference).gradientGram(losses, 1));
        }
    }

    @Test
    void trainingGoesOnAsIfNothingHadBeenMeasured() throws IOException {
        try (TorchPolicyModel probed = policy(ComputeType.FLOAT32, ValueKind.SHARED);
                TorchPolicyModel alone = policy(ComputeType.FLOAT32, ValueKind.SHARED);
                TorchReferenceModel reference = reference(ComputeType.FLOAT32)) {
            BeltProbe probe = LanguageModels.openBeltProbe(probed, reference);
            for (int step = 0; step < 3; step++) {
                Minibatch minibatch = minibatch(alone, reference, step);
                measureEverything(probe, minibatch);
                probed.update(minibatch, OBJECTIVE, 1, 1e-2);
                alone.update(minibatch, OBJECTIVE, 1, 1e-2);
            }
            measureEverything(probe, minibatch(alone, reference, 9));
            assertSameFiles(save(probed, "probed"), save(alone, "alone"));
        }
    }

    private static void measureEverything(BeltProbe probe, Minibatch minibatch) {
        List<ProbeLoss> losses =
                List.of(new ProbeLoss.Update(minibatch, OBJECTIVE), new ProbeLoss.SequenceKl(minibatch.tokens()));
        probe.exactKl(minibatch.tokens(), 1);
        double[][] here = probe.gradientGram(losses, 1);
        double[][] near = probe.nearPolicy(0.1, 5, () -> probe.gradientGram(losses, 1));
        assertThat(near[0][0]).isPositive().isNotEqualTo(here[0][0]);
        assertThatThrownBy(() -> probe.nearPolicy(0.1, 6, () -> {
                    throw new IllegalStateException("as a measurement may");
                }))
                .hasMessage("as a measurement may");
    }

    private static Path save(TorchPolicyModel policy, String name) throws IOException {
        Path directory = Files.createDirectory(scratch.resolve(name));
        policy.saveTrainingState(directory);
        return directory;
    }

    private static void assertSameFiles(Path a, Path b) throws IOException {
        for (String file : new String[] {"weights.safetensors", "optimizer.safetensors"}) {
            assertThat(Files.mismatch(a.resolve(file), b.resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }

    @Test
    void theNoiseIsRelativeToEachTensorAndThatOfItsSeed() {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT64)) {
            TorchBeltProbe probe = pair.probe(PieceSizes.DEFAULT);
            List<double[]> before = weights(pair.policy());
            List<double[]> moved = probe.nearPolicy(0.03, 1, () -> weights(pair.policy()));
            List<double[]> again = probe.nearPolicy(0.03, 1, () -> weights(pair.policy()));
            List<double[]> other = probe.nearPolicy(0.03, 2, () -> weights(pair.policy()));
            List<double[]> after = weights(pair.policy());
            for (int i = 0; i < before.size(); i++) {
                assertThat(after.get(i)).isEqualTo(before.get(i));
                assertThat(again.get(i)).isEqualTo(moved.get(i));
                assertThat(other.get(i)).isNotEqualTo(moved.get(i));
                if (before.get(i).length > 200) {
                    assertThat(distance(moved.get(i), before.get(i)) / norm(before.get(i)))
                            .isCloseTo(0.03, within(0.006));
                }
            }
        }
    }

    private static List<double[]> weights(CausalLm model) {
        return model.parameters().values().stream().map(Tensors::toDoubles).toList();
    }

    private static double distance(double[] a, double[] b) {
        return norm(IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray());
    }

    private static double norm(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
