package dev.tether.torch.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.torch.GoldenModels;
import dev.tether.torch.GoldenTensors;
import dev.tether.torch.Shared;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits against transformers 5.18.0 (shared/golden/models). */
class GoldenForwardTest {
    private static final double SINGLE_PRECISION = 2e-4;
    private static final double DOUBLE_PRECISION = 1e-11;

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void logitsEqualTransformersInSinglePrecision(String model) {
        for (String batch : new String[] {"a", "b", "c"}) {
            double error = error(model, model, ComputeType.FLOAT32, batch, batch + ".logits");
            assertThat(error).as("batch " + batch).isLessThanOrEqualTo(SINGLE_PRECISION);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tether.torch.GoldenModels#families")
    void logitsEqualTheDoublePrecisionReference(String model) {
        for (String batch : new String[] {"a", "b", "c"}) {
            double error = error(model, model, ComputeType.FLOAT64, batch, batch + ".logits64");
            assertThat(error).as("batch " + batch).isLessThanOrEqualTo(DOUBLE_PRECISION);
        }
    }

    @Test
    void everyGoldenModelIsAFamilyOrAKnownVariantOfOne() {
        List<String> families = GoldenModels.families();
        for (String name : GoldenModels.names()) {
            if (!families.contains(name)) {
                String[] parts = name.split("__");
                assertThat(families).as(name).contains(parts[0]);
                assertThat(GoldenModels.VARIANTS).as(name).contains(parts[1]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama31_rope_untied__sharded, llama31_rope_untied, a.logits",
        "llama31_rope_untied__legacy_config, llama31_rope_untied, a.logits",
        "llama31_rope_untied__bf16, llama31_rope_untied__bf16, a.logits_upcast_to_f32",
        "llama31_rope_untied__fp16, llama31_rope_untied__fp16, a.logits_upcast_to_f32"
    })
    void everyWayToStoreAModelReadsTheSame(String model, String goldenOf, String expected) {
        assertThat(error(model, goldenOf, ComputeType.FLOAT32, "a", expected)).isLessThanOrEqualTo(SINGLE_PRECISION);
    }

    @Test
    void valuesOfASequenceClassifierEqualTransformers() {
        Path path = Shared.path("golden/models/llama31_rope_untied__reward");
        Path batches = Shared.path("golden/models/llama31_rope_untied");
        try (ValueFunction value = ValueFunction.ofSequenceClassifier(
                        ModelDirectory.ofSequenceClassifier(path), ComputeType.FLOAT32);
                GoldenTensors golden = GoldenTensors.of(path);
                GoldenTensors batch = GoldenTensors.of(batches)) {
            double error = Scoped.computeWithoutGradients(() -> {
                Tensor difference = value.values(rows(batch, "b"), null).sub(golden.tensor("b.per_token_value"));
                return largest(difference.mul(batch.tensor("b.attention_mask")));
            });
            assertThat(error).isLessThanOrEqualTo(1e-5);
        }
    }

    private static double error(String model, String goldenOf, ComputeType computeType, String batch, String expected) {
        Path path = Shared.path("golden/models/" + model);
        try (CausalLm network = CausalLm.frozen(ModelDirectory.ofLanguageModel(path), computeType);
                GoldenTensors golden = GoldenTensors.of(Shared.path("golden/models/" + goldenOf))) {
            return Scoped.computeWithoutGradients(() -> {
                Tensor logits = network.logits(network.hidden(rows(golden, batch)));
                Tensor difference = logits.sub(golden.tensor(expected));
                boolean padded = golden.has(batch + ".attention_mask");
                return largest(
                        padded
                                ? difference.mul(
                                        golden.tensor(batch + ".attention_mask").unsqueeze(-1))
                                : difference);
            });
        }
    }

    private static double largest(Tensor difference) {
        return difference.abs().max().to(ScalarType.Double).item_double();
    }

    static TokenRows rows(GoldenTensors golden, String batch) {
        Tensor ids = golden.tensor(batch + ".input_ids");
        if (!golden.has(batch + ".attention_mask")) {
            return TokenRows.leftAligned(ids);
        }
        return new TokenRows(
                ids,
                golden.tensor(batch + ".position_ids"),
                golden.tensor(batch + ".attention_mask").to(ScalarType.Bool));
    }
}
