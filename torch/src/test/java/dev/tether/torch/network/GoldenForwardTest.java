package dev.tether.torch.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.Shared;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.safetensors.SafetensorsFile;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits against transformers 5.18.0 (shared/golden/models). */
class GoldenForwardTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama_tiny", "smollm2_like", "llama31_rope_untied", "gpt2_tiny"})
    void logitsEqualTransformersInFloat32(String model) {
        compare(model, ComputeType.FLOAT32, "logits", 2e-4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama_tiny", "smollm2_like", "llama31_rope_untied", "gpt2_tiny"})
    void logitsEqualTransformersInFloat64(String model) {
        compare(model, ComputeType.FLOAT64, "logits64", 1e-9);
    }

    private static void compare(String model, ComputeType computeType, String expected, double tolerance) {
        Path path = Shared.path("golden/models/" + model);
        try (CausalLm network = CausalLm.frozen(ModelDirectory.ofLanguageModel(path), computeType);
                SafetensorsFile golden = SafetensorsFile.open(path.resolve("golden.safetensors"))) {
            for (String batch : new String[] {"a", "b", "c"}) {
                double error = Scoped.computeWithoutGradients(() -> {
                    Tensor logits = network.logits(network.hidden(rows(golden, batch)));
                    Tensor difference =
                            logits.sub(golden.tensor(batch + "." + expected)).abs();
                    if (golden.names().contains(batch + ".attention_mask")) {
                        difference = difference.mul(
                                golden.tensor(batch + ".attention_mask").unsqueeze(-1));
                    }
                    return difference.max().to(ScalarType.Double).item_double();
                });
                assertThat(error).as(model + " batch " + batch).isLessThanOrEqualTo(tolerance);
            }
        }
    }

    private static TokenRows rows(SafetensorsFile golden, String batch) {
        Tensor ids = golden.tensor(batch + ".input_ids");
        if (!golden.names().contains(batch + ".attention_mask")) {
            return TokenRows.leftAligned(ids);
        }
        return new TokenRows(
                ids,
                golden.tensor(batch + ".position_ids"),
                golden.tensor(batch + ".attention_mask").to(ScalarType.Bool));
    }
}
