package dev.tether.torch.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.log_softmax;
import static org.bytedeco.pytorch.global.torch.zeros_like;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.TinyModel;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Its judge is autograd through {@link ResponsePass}, which holds all logits at once. */
class TrainingPassTest {
    /** Σ w·logprob² + u·entropy² − w·KL² over tokens and Σ value², made-up weights: nothing is linear. */
    private record MadeUpLoss(Tensor w, Tensor u) implements TokenLoss {
        @Override
        public Tensor ofTokens(long first, TokenFigures now) {
            long count = now.logprobs().size(0);
            Tensor weights = w.narrow(0, first, count);
            Tensor sum = now.logprobs()
                    .square()
                    .mul(weights)
                    .sum()
                    .add(now.entropies().square().mul(u.narrow(0, first, count)).sum());
            return now.referenceKl() == null
                    ? sum
                    : sum.sub(now.referenceKl().square().mul(weights).sum());
        }

        @Override
        public Tensor ofValues(Tensor values) {
            return values.sub(new Scalar(0.3)).square().sum();
        }
    }

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "1.0, TRACKED, 4, SHARED, ",
        "0.7, TRACKED, 5, SEPARATE, ",
        "0.7, NONE, 4, NONE, ",
        "1.0, NONE, 1000, SHARED, ",
        "1.0, TRACKED, 4, SHARED, other",
        "0.7, TRACKED, 1000, NONE, other",
        "0.7, NONE, 5, SEPARATE, other",
    })
    void gradientsEqualThoseOfAutogradOverAllLogits(
            double temperature, EntropyGradient entropy, int rowsAtOnce, String value, String referenceSeed)
            throws IOException {
        ModelDirectory source = ModelDirectory.ofLanguageModel(TinyModel.write(directory));
        TokenBatch batch = batch();
        int counted = (int) batch.responseMask().counted();
        try (CausalLm policy = CausalLm.trainable(source, ComputeType.FLOAT64);
                CausalLm other = CausalLm.fresh(source, ComputeType.FLOAT64, 99)) {
            TokenReading reading = new TokenReading(temperature, entropy, referenceSeed == null ? null : other);
            ValueFunction values = switch (value) {
                case "SHARED" -> ValueFunction.shared(policy);
                case "SEPARATE" -> ValueFunction.separate(source, ComputeType.FLOAT64);
                default -> null;
            };
            Map<String, Tensor> parameters = new LinkedHashMap<>(policy.parameters());
            if (values != null) {
                parameters.putAll(values.parameters());
                Scoped.computeWithoutGradients(() -> values.parameters()
                        .get("value.score.weight")
                        .fill_(new Scalar(0.1))
                        .numel());
            }
            Scoped.run(() -> {
                MadeUpLoss loss = new MadeUpLoss(
                        random(counted, 1), entropy == EntropyGradient.TRACKED ? random(counted, 2) : none(counted));
                List<double[]> expected = gradients(parameters, () -> {
                    ResponseTensors all = ResponsePass.run(policy, values, batch, temperature, entropy);
                    Tensor kl = referenceSeed == null ? null : kl(policy, other, batch, temperature);
                    TokenFigures now = new TokenFigures(only(all.logprobs(), batch), only(all.entropy(), batch), kl);
                    Tensor sum = loss.ofTokens(0, now);
                    (values == null ? sum : sum.add(loss.ofValues(all.values()))).backward();
                });
                List<double[]> actual = gradients(parameters, () -> {
                    try (TrainingPass pass = new TrainingPass(policy, values, rowsAtOnce)) {
                        pass.run(batch, reading, loss);
                    }
                });
                int i = 0;
                for (String name : parameters.keySet()) {
                    assertThat(actual.get(i)).as(name).containsExactly(expected.get(i), within(1e-12));
                    assertThat(actual.get(i)).as(name).isNotEqualTo(new double[actual.get(i).length]);
                    i++;
                }
            });
            if (values != null) {
                values.close();
            }
        }
    }

    @Test
    void aTemperatureOfZeroIsRefused() {
        assertThatThrownBy(() -> new TokenReading(0, EntropyGradient.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperature = 0.0, must be finite and > 0");
    }

    /** [N], through all logits of both. */
    private static Tensor kl(CausalLm policy, CausalLm reference, TokenBatch batch, double temperature) {
        Tensor ours = log_softmax(
                policy.logits(CountedStates.of(policy, batch).hidden()).div(new Scalar(temperature)), -1);
        Tensor theirs = log_softmax(
                reference.logits(CountedStates.of(reference, batch).hidden()).div(new Scalar(temperature)), -1);
        return ours.exp().mul(ours.sub(theirs.detach())).sum(-1);
    }

    private static List<double[]> gradients(Map<String, Tensor> parameters, Runnable backward) {
        parameters.values().forEach(p -> p.mutable_grad().put(zeros_like(p)));
        backward.run();
        List<double[]> gradients = new ArrayList<>();
        parameters.values().forEach(p -> gradients.add(Tensors.toDoubles(p.grad())));
        return gradients;
    }

    private static TokenBatch batch() {
        Random random = new Random(3);
        int[] lengths = {5, 1, 7, 3};
        int[][] prompts = new int[4][];
        int[][] responses = new int[4][];
        for (int b = 0; b < 4; b++) {
            prompts[b] = random.ints(1 + b, 3, TinyModel.VOCABULARY).toArray();
            responses[b] = random.ints(7, 3, TinyModel.VOCABULARY).toArray();
        }
        return new TokenBatch(prompts, responses, ResponseMask.ofLengths(lengths, 7));
    }

    private static Tensor only(Tensor rows, TokenBatch batch) {
        List<Long> cells = new ArrayList<>();
        for (int b = 0; b < batch.sequences(); b++) {
            for (int t = 0; t < batch.responseWidth(); t++) {
                if (batch.responseMask().counts(b, t)) {
                    cells.add((long) b * batch.responseWidth() + t);
                }
            }
        }
        long[] indices = cells.stream().mapToLong(Long::longValue).toArray();
        return rows.reshape(-1).index_select(0, Tensors.of(indices, indices.length));
    }

    private static Tensor random(int count, long seed) {
        return Tensors.of(new Random(seed).doubles(count, -1, 1).toArray(), ScalarType.Double, count);
    }

    private static Tensor none(int count) {
        return Tensors.of(new double[count], ScalarType.Double, count);
    }
}
