package dev.tether.torch.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.GoldenTensors;
import dev.tether.torch.Shared;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.trainer.model.TokenBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Gradients of a weighted logprob loss on prompts and completions, against torch (shared/golden/models). */
class GoldenGradientTest {
    private static final int PROMPT_COLUMNS = 10;
    private static final int COLUMNS = 22;

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void gradientsOfEveryParameterEqualTorchInSinglePrecision(String model) throws Exception {
        compare(model, ComputeType.FLOAT32, 5e-5);
    }

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void gradientsOfEveryParameterEqualTorchInDoublePrecision(String model) throws Exception {
        compare(model, ComputeType.FLOAT64, 2e-5); // the reference gradients are stored in single precision
    }

    private static void compare(String model, ComputeType computeType, double tolerance) throws Exception {
        Path path = Shared.path("golden/models/" + model);
        double expectedLoss = new JsonMapper()
                .readTree(Files.readAllBytes(path.resolveSibling("../models_summary.json")))
                .path(model)
                .path("loss_c")
                .doubleValue();
        try (CausalLm network = CausalLm.trainable(ModelDirectory.ofLanguageModel(path), computeType);
                GoldenTensors golden = GoldenTensors.of(path);
                SafetensorsFile gradients = SafetensorsFile.open(path.resolve("grads.safetensors"))) {
            Scoped.run(() -> {
                Tensor loss = loss(network, golden);
                assertThat(loss.to(ScalarType.Double).item_double()).isCloseTo(expectedLoss, within(1e-5));
                loss.backward();
                assertThat(network.parameters().keySet().stream().map(GoldenGradientTest::nameInTorch))
                        .containsExactlyInAnyOrderElementsOf(gradients.names());
                for (Map.Entry<String, Tensor> parameter : network.parameters().entrySet()) {
                    Tensor expected = gradients.tensor(nameInTorch(parameter.getKey()));
                    Tensor difference = parameter.getValue().grad().sub(expected);
                    double largest = expected.abs().max().to(ScalarType.Double).item_double();
                    double error = difference.abs().max().to(ScalarType.Double).item_double();
                    assertThat(error / largest).as(parameter.getKey()).isLessThanOrEqualTo(tolerance);
                }
            });
        }
    }

    /** transformers 5 writes GPT-NeoX's output weight under its old name and calls it as every other model's in memory. */
    private static String nameInTorch(String name) {
        return name.equals("embed_out.weight") ? "lm_head.weight" : name;
    }

    /** −(Σ over completion tokens of w · log p) / n. */
    private static Tensor loss(CausalLm network, GoldenTensors golden) {
        TokenBatch batch = batch(golden);
        Tensor logprobs =
                ResponsePass.run(network, null, batch, 1, EntropyGradient.NONE).logprobs();
        Tensor weights =
                golden.tensor("c.loss_weights").to(network.computeType().scalarType());
        double counted = batch.responseMask().counted();
        return logprobs.mul(weights).sum().div(new Scalar(-counted));
    }

    static TokenBatch batch(GoldenTensors golden) {
        int[][] ids = golden.integers("c.input_ids");
        int[][] mask = golden.integers("c.attention_mask");
        int[][] responses = new int[ids.length][];
        boolean[][] counts = new boolean[ids.length][COLUMNS - PROMPT_COLUMNS];
        for (int b = 0; b < ids.length; b++) {
            responses[b] = java.util.Arrays.copyOfRange(ids[b], PROMPT_COLUMNS, COLUMNS);
            for (int t = 0; t < counts[b].length; t++) {
                counts[b][t] = mask[b][PROMPT_COLUMNS + t] == 1;
            }
        }
        return new TokenBatch(golden.unpadded("c", 0, PROMPT_COLUMNS), responses, ResponseMask.of(counts));
    }

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void completionLogprobsEqualTheDoublePrecisionReference(String model) {
        compareLogprobs(model, ComputeType.FLOAT64, 1e-12);
        compareLogprobs(model, ComputeType.FLOAT32, 1e-4);
    }

    private static void compareLogprobs(String model, ComputeType computeType, double tolerance) {
        Path path = Shared.path("golden/models/" + model);
        try (CausalLm network = CausalLm.frozen(ModelDirectory.ofLanguageModel(path), computeType);
                GoldenTensors golden = GoldenTensors.of(path)) {
            TokenBatch batch = batch(golden);
            double[][] expected = golden.doubles("c.completion_logprobs64");
            double[][] actual = Scoped.computeWithoutGradients(
                    () -> Tensors.toRows(ResponsePass.run(network, null, batch, 1, EntropyGradient.NONE)
                            .logprobs()));
            for (int b = 0; b < expected.length; b++) {
                for (int t = 0; t < expected[b].length; t++) {
                    double reference = batch.responseMask().counts(b, t) ? expected[b][t] : 0;
                    assertThat(actual[b][t]).isCloseTo(reference, within(tolerance));
                }
            }
        }
    }
}
