package dev.tether.torch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.createCPUGenerator;
import static org.bytedeco.pytorch.global.torch.randn;

import dev.tether.run.InputException;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.golden.GoldenFile;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.torch.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@SuppressWarnings("try") // scopes act by being open
class AdamWTest {
    private static final double TOLERANCE = 1e-9;

    @TempDir
    Path directory;

    @Test
    void everyStepEqualsTorchOptimWithClippingIncluded() {
        int compared = 0;
        for (JsonNode golden : GoldenFile.cases("optimisers")) {
            // Adam is AdamW without weight decay; there is no SGD in this project
            if (!golden.path("kind").stringValue().equals("SGD")) {
                compared += compareSteps(golden);
            }
        }
        assertThat(compared).as("steps compared").isEqualTo(12);
    }

    private static int compareSteps(JsonNode golden) {
        JsonNode hyper = golden.path("hyper");
        boolean decays = golden.path("kind").stringValue().equals("AdamW");
        OptimizerSettings settings = new OptimizerSettings(
                hyper.path("betas").path(0).asDouble(0.9),
                hyper.path("betas").path(1).asDouble(0.999),
                hyper.path("eps").asDouble(1e-8),
                hyper.path("weight_decay").asDouble(decays ? 0.01 : 0),
                golden.path("max_grad_norm").asDouble(Double.POSITIVE_INFINITY));
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> parameters = new LinkedHashMap<>();
            for (JsonNode init : golden.path("init")) {
                parameters.put("p" + parameters.size(), leaf(flat(init)));
            }
            try (AdamW optimizer = new AdamW(parameters, settings)) {
                for (JsonNode step : golden.path("steps")) {
                    addGradients(parameters, step.path("grads"));
                    double norm = optimizer.gradients().norm();
                    optimizer.gradients().clip(norm, settings.maxGradientNorm());
                    optimizer.step(hyper.path("lr").asDouble());
                    optimizer.gradients().clear();
                    if (!step.path("norm").isNull()) {
                        assertThat(norm).isCloseTo(step.path("norm").asDouble(), within(TOLERANCE));
                    }
                    int i = 0;
                    for (Tensor parameter : parameters.values()) {
                        double[] expected = flat(step.path("params").get(i++));
                        assertThat(Tensors.toDoubles(parameter))
                                .as(golden.path("name").stringValue())
                                .containsExactly(expected, within(TOLERANCE));
                    }
                }
            }
        }
        return golden.path("steps").size();
    }

    /** Adds a given gradient the way training does: by a backward pass. */
    private static void addGradients(Map<String, Tensor> parameters, JsonNode gradients) {
        int i = 0;
        for (Tensor parameter : parameters.values()) {
            parameter.mul(constant(flat(gradients.get(i++)))).sum().backward();
        }
    }

    @Test
    void gradientsOfSeveralBackwardPassesAddUp() {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = leaf(7, 8);
            try (AdamW optimizer = new AdamW(Map.of("a", a), OptimizerSettings.defaults())) {
                a.mul(constant(1, 2)).sum().backward();
                a.mul(constant(2, 2)).sum().backward();
                assertThat(optimizer.gradients().norm()).isCloseTo(5, within(1e-15));
                optimizer.gradients().clear();
                assertThat(optimizer.gradients().norm()).isZero();
            }
        }
    }

    @Test
    void clippingShortensOnlyLongGradients() {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = leaf(3, 4);
            try (AdamW optimizer = new AdamW(Map.of("a", a), OptimizerSettings.defaults())) {
                a.mul(constant(3, 4)).sum().backward();
                optimizer.gradients().clip(5, 10);
                assertThat(Tensors.toDoubles(a.grad())).containsExactly(3, 4);
                optimizer.gradients().clip(5, 1);
                double factor = 1 / (5 + 1e-6);
                assertThat(Tensors.toDoubles(a.grad()))
                        .containsExactly(new double[] {3 * factor, 4 * factor}, within(1e-15));
            }
        }
    }

    @Test
    void aRestoredOptimizerContinuesBitForBit() throws Exception {
        for (ScalarType type : new ScalarType[] {ScalarType.Float, ScalarType.Double}) {
            try (PointerScope scope = new PointerScope()) {
                Map<String, Tensor> whole = randomParameters(type);
                Map<String, Tensor> first = randomParameters(type);
                Map<String, Tensor> second = new LinkedHashMap<>();
                Path file = directory.resolve("optimizer.safetensors");
                try (AdamW optimizer = new AdamW(whole, OptimizerSettings.defaults())) {
                    train(optimizer, whole, 0, 7);
                }
                try (AdamW optimizer = new AdamW(first, OptimizerSettings.defaults())) {
                    train(optimizer, first, 0, 3);
                    SafetensorsWriter.write(file, optimizer.state(), Map.of());
                    first.forEach(
                            (name, p) -> second.put(name, p.detach().clone().requires_grad_(true)));
                }
                try (AdamW optimizer = new AdamW(second, OptimizerSettings.defaults());
                        SafetensorsFile saved = SafetensorsFile.open(file)) {
                    optimizer.restore(saved);
                    assertThat(optimizer.steps()).isEqualTo(3);
                    train(optimizer, second, 3, 7);
                }
                whole.forEach((name, p) ->
                        assertThat(p.equal(second.get(name))).as(name).isTrue());
            }
        }
    }

    @Test
    void stateOfAnotherShapeIsRefusedAndNothingChanges() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Path file = directory.resolve("optimizer.safetensors");
            try (AdamW small = new AdamW(Map.of("a", leaf(1, 2)), OptimizerSettings.defaults())) {
                small.step(0.1);
                SafetensorsWriter.write(file, small.state(), Map.of());
            }
            try (AdamW large = new AdamW(Map.of("a", leaf(1, 2, 3)), OptimizerSettings.defaults());
                    SafetensorsFile saved = SafetensorsFile.open(file)) {
                assertThatThrownBy(() -> large.restore(saved))
                        .isInstanceOf(InputException.class)
                        .hasMessage("saved optimiser state 'exp_avg.a' is F64 [2], this model needs Double [3]");
                assertThat(large.steps()).isZero();
            }
        }
    }

    @Test
    void settingsOutsideTheirRangeAreNamed() {
        assertThatThrownBy(() -> new OptimizerSettings(1, 0.9, 1e-8, 0, 1))
                .hasMessage("adam_beta1 = 1.0, must be in [0, 1)");
        assertThatThrownBy(() -> new OptimizerSettings(0.9, Double.NaN, 1e-8, 0, 1))
                .hasMessageStartingWith("adam_beta2 = NaN");
        assertThatThrownBy(() -> new OptimizerSettings(0.9, 0.9, 0, 0, 1)).hasMessageStartingWith("adam_epsilon = 0.0");
        assertThatThrownBy(() -> new OptimizerSettings(0.9, 0.9, 1e-8, -1, 1))
                .hasMessageStartingWith("weight_decay = -1.0");
        assertThatThrownBy(() -> new OptimizerSettings(0.9, 0.9, 1e-8, 0, 0))
                .hasMessageStartingWith("max_grad_norm = 0.0");
    }

    private static void train(AdamW optimizer, Map<String, Tensor> parameters, int from, int to) {
        for (int step = from; step < to; step++) {
            for (Tensor parameter : parameters.values()) {
                parameter.sub(new Scalar(0.1 * step)).pow(new Scalar(2.0)).sum().backward();
            }
            optimizer.step(0.01 / (1 + step));
            optimizer.gradients().clear();
        }
    }

    private static Map<String, Tensor> randomParameters(ScalarType type) {
        Generator generator = createCPUGenerator(5);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        for (long[] shape : List.of(new long[] {7, 5}, new long[] {13})) {
            Tensor values = randn(shape, new GeneratorOptional(generator), new TensorOptions(type));
            parameters.put("p" + parameters.size(), values.requires_grad_(true));
        }
        return parameters;
    }

    private static Tensor leaf(double... values) {
        return constant(values).requires_grad_(true);
    }

    private static Tensor constant(double... values) {
        return Tensors.of(values, ScalarType.Double, values.length);
    }

    private static double[] flat(JsonNode node) {
        List<Double> values = new ArrayList<>();
        collect(node, values);
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void collect(JsonNode node, List<Double> into) {
        if (node.isArray()) {
            node.forEach(child -> collect(child, into));
        } else {
            into.add(node.asDouble());
        }
    }
}
