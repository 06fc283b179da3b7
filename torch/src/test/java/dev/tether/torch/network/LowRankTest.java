package dev.tether.torch.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.TinyFamily;
import dev.tether.torch.TinyModel;
import dev.tether.torch.architecture.LinearSpec;
import dev.tether.torch.architecture.LinearSpec.Layout;
import dev.tether.torch.architecture.LowRankSpec;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.ResponsePass.EntropyGradient;
import dev.tether.torch.optim.Gradients;
import dev.tether.trainer.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Low-rank adapters against the arithmetic they stand for. */
class LowRankTest {
    private static final int RANK = 3;
    private static final double ALPHA = 7;

    @TempDir
    Path scratch;

    private TokenBatch batch;

    @BeforeEach
    void drawABatch() {
        Random random = new Random(4);
        int[][] prompts = {
            random.ints(5, 3, TinyModel.VOCABULARY).toArray(),
            random.ints(2, 3, TinyModel.VOCABULARY).toArray()
        };
        int[][] responses = {
            random.ints(9, 3, TinyModel.VOCABULARY).toArray(),
            random.ints(9, 3, TinyModel.VOCABULARY).toArray()
        };
        batch = new TokenBatch(prompts, responses, ResponseMask.ofLengths(new int[] {9, 6}, 9));
    }

    private ModelDirectory write(TinyFamily family) throws IOException {
        return ModelDirectory.ofLanguageModel(family.write(scratch.resolve(family.name())));
    }

    private static LowRankSpec everywhere(ModelDirectory model) {
        return new LowRankSpec(
                RANK, ALPHA, LowRankSpec.targets(model.spec(), List.of(LowRankSpec.ALL_LINEAR), "targets"));
    }

    /** An adapter whose B is not zero, as after training. */
    private static CausalLm trained(ModelDirectory model, ComputeType type) {
        CausalLm adapted = CausalLm.adapted(model, type, everywhere(model), 11);
        Random random = new Random(12);
        Scoped.runWithoutGradients(() -> adapted.trained().forEach((name, weight) -> {
            if (name.contains("lora_B")) {
                double[] values = random.doubles(weight.numel(), -0.05, 0.05).toArray();
                weight.copy_(Tensors.of(values, weight.scalar_type(), weight.shape()));
            }
        }));
        return adapted;
    }

    private double[] logprobs(CausalLm model) {
        return Scoped.computeWithoutGradients(() -> Tensors.toDoubles(
                ResponsePass.run(model, null, batch, 1, EntropyGradient.NONE).logprobs()));
    }

    @ParameterizedTest
    @EnumSource
    void aFreshAdapterChangesNoBit(TinyFamily family) throws IOException {
        ModelDirectory model = write(family);
        for (ComputeType type : ComputeType.values()) {
            try (CausalLm plain = CausalLm.frozen(model, type);
                    CausalLm adapted = CausalLm.adapted(model, type, everywhere(model), 1)) {
                assertThat(logprobs(adapted)).isEqualTo(logprobs(plain));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPlainModelOfTheMergedWeightsAnswersAlike(TinyFamily family) throws IOException {
        ModelDirectory model = write(family);
        for (ComputeType type : ComputeType.values()) {
            try (CausalLm adapted = trained(model, type);
                    CausalLm plain = CausalLm.frozen(model, type)) {
                double[] before = logprobs(plain);
                Scoped.runWithoutGradients(() -> adapted.merged()
                        .forEach((name, weight) -> plain.parameters().get(name).copy_(weight)));
                double tolerance = rounding(type, 1e-12, 1e-5);
                assertThat(logprobs(plain)).containsExactly(logprobs(adapted), within(tolerance));
                assertThat(logprobs(plain)[0]).isNotCloseTo(before[0], within(1e-3));
            }
        }
    }

    /** What two ways to one number may differ by; products of bfloat16 have eight bits. */
    private static double rounding(ComputeType type, double float64, double float32) {
        return switch (type) {
            case FLOAT64 -> float64;
            case FLOAT32 -> float32;
            case BFLOAT16 -> 0.2;
        };
    }

    @ParameterizedTest
    @EnumSource
    void theModelBelowAnswersAsIfThereWereNoAdapterAndIsNoCopy(TinyFamily family) throws IOException {
        ModelDirectory model = write(family);
        try (CausalLm plain = CausalLm.frozen(model, ComputeType.FLOAT32);
                CausalLm adapted = trained(model, ComputeType.FLOAT32)) {
            CausalLm base = adapted.withoutAdapter().orElseThrow();
            assertThat(logprobs(base)).isEqualTo(logprobs(plain)).isNotEqualTo(logprobs(adapted));
            assertThat(addresses(base)).isEqualTo(addresses(adapted));
        }
    }

    private static List<Long> addresses(CausalLm model) {
        return model.parameters().values().stream()
                .map(weight -> weight.data_ptr().address())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"LLAMA", "QWEN3", "PYTHIA", "GPT2"})
    void gradientsAreThoseOfFiniteDifferences(TinyFamily family) throws IOException {
        try (CausalLm adapted = trained(write(family), ComputeType.FLOAT64)) {
            Map<String, double[]> gradients = gradients(adapted, adapted.trained());
            Random random = new Random(8);
            adapted.trained().forEach((name, weight) -> {
                int entry = random.nextInt((int) weight.numel());
                double expected = slope(adapted, weight, entry);
                assertThat(gradients.get(name)[entry])
                        .as("%s[%d]", name, entry)
                        .isCloseTo(expected, within(1e-7 + 1e-5 * Math.abs(expected)));
            });
        }
    }

    /** Central difference of the mean logprob. */
    private double slope(CausalLm model, Tensor weight, int entry) {
        double step = 1e-5;
        double[] loss = new double[2];
        for (int side = 0; side < 2; side++) {
            double change = side == 0 ? step : -step;
            Scoped.runWithoutGradients(() -> weight.view(-1).narrow(0, entry, 1).add_(new Scalar(change)));
            loss[side] = sum(logprobs(model));
            Scoped.runWithoutGradients(() -> weight.view(-1).narrow(0, entry, 1).add_(new Scalar(-change)));
        }
        return (loss[0] - loss[1]) / (2 * step);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** Of Σ logprob, through the pass that trains. */
    private Map<String, double[]> gradients(CausalLm model, Map<String, Tensor> weights) {
        try (Gradients gradients = new Gradients(weights.values());
                TrainingPass pass = new TrainingPass(model, null)) {
            gradients.clear();
            pass.run(batch, new TokenReading(1, EntropyGradient.NONE, null), new SumOfLogprobs());
            Map<String, double[]> all = new LinkedHashMap<>();
            weights.forEach((name, weight) -> all.put(name, Scoped.compute(() -> Tensors.toDoubles(weight.grad()))));
            return all;
        }
    }

    private record SumOfLogprobs() implements TokenLoss {
        @Override
        public Tensor ofTokens(long first, TokenFigures now) {
            return now.logprobs().sum();
        }

        @Override
        public Tensor ofValues(Tensor values) {
            throw new AssertionError("there is no value function");
        }
    }

    /** With W' = W + s·B A: ∂L/∂B = s·(∂L/∂W')·Aᵀ and ∂L/∂A = s·Bᵀ·(∂L/∂W'). */
    @ParameterizedTest
    @EnumSource
    void gradientsAreProjectionsOfThatOfTheWholeWeight(TinyFamily family) throws IOException {
        ModelDirectory model = write(family);
        LowRankSpec spec = everywhere(model);
        try (CausalLm adapted = trained(model, ComputeType.FLOAT64);
                CausalLm whole = CausalLm.trainable(model, ComputeType.FLOAT64)) {
            Scoped.runWithoutGradients(() -> adapted.merged()
                    .forEach((name, weight) -> whole.parameters().get(name).copy_(weight)));
            Map<String, double[]> low = gradients(adapted, adapted.trained());
            Map<String, double[]> full = gradients(whole, whole.parameters());
            for (LinearSpec target : spec.targets()) {
                Tensor a = adapted.trained().get(spec.down(target).name());
                Tensor b = adapted.trained().get(spec.up(target).name());
                Supplier<Tensor> g = () -> outputsFirst(target, full.get(target.weightName()));
                Scalar scale = new Scalar(spec.scale());
                double[] ofB = Scoped.computeWithoutGradients(
                        () -> Tensors.toDoubles(g.get().mm(a.t()).mul(scale)));
                double[] ofA = Scoped.computeWithoutGradients(
                        () -> Tensors.toDoubles(b.t().mm(g.get()).mul(scale)));
                assertThat(low.get(spec.up(target).name())).containsExactly(ofB, within(1e-9));
                assertThat(low.get(spec.down(target).name())).containsExactly(ofA, within(1e-9));
            }
        }
    }

    private static Tensor outputsFirst(LinearSpec map, double[] gradient) {
        long[] shape = map.parameters().get(0).shape();
        Tensor stored = Tensors.of(gradient, ComputeType.FLOAT64.scalarType(), shape);
        return map.layout() == Layout.OUTPUTS_FIRST ? stored : stored.t();
    }

    /** A of full rank with orthonormal rows: then s·B takes the place of W's own step, ∂L/∂B · A / s = ∂L/∂W. */
    @Test
    void withAnIdentityForATheGradientOfBIsThatOfTheWeight() throws IOException {
        ModelDirectory model = write(TinyFamily.QWEN2_WITH_A_WINDOW_ON_TOP);
        List<LinearSpec> query = LowRankSpec.targets(model.spec(), List.of("q_proj"), "targets");
        LowRankSpec spec = new LowRankSpec(query.get(0).inputs(), query.get(0).inputs(), query);
        try (CausalLm adapted = CausalLm.adapted(model, ComputeType.FLOAT64, spec, 1);
                CausalLm whole = CausalLm.trainable(model, ComputeType.FLOAT64)) {
            Scoped.runWithoutGradients(() -> query.forEach(target -> {
                Tensor a = adapted.trained().get(spec.down(target).name());
                a.zero_();
                a.fill_diagonal_(new Scalar(1));
            }));
            Map<String, double[]> low = gradients(adapted, adapted.trained());
            Map<String, double[]> full = gradients(whole, whole.parameters());
            for (LinearSpec target : query) {
                assertThat(low.get(spec.up(target).name()))
                        .containsExactly(full.get(target.weightName()), within(1e-10));
            }
        }
    }

    @Test
    void nothingButTheAdapterHasAGradient() throws IOException {
        try (CausalLm adapted = trained(write(TinyFamily.GPT2), ComputeType.FLOAT32)) {
            gradients(adapted, adapted.trained());
            assertThat(adapted.parameters().values())
                    .noneMatch(Tensor::requires_grad)
                    .noneMatch(weight -> Scoped.compute(() -> weight.grad().defined()));
            assertThat(adapted.trained()).hasSize(2 * 4 * 2);
        }
    }

    /** The wide maps are packed, the narrow ones are not. */
    @ParameterizedTest
    @CsvSource({"LLAMA", "GPT2", "PYTHIA", "QWEN3"})
    void generationReadsTheAdapterAsItIsNow(TinyFamily family) throws IOException {
        try (CausalLm adapted = trained(write(family), ComputeType.FLOAT32)) {
            int[][] prompts = {{5, 6, 7, 8}};
            assertThat(rollout(adapted, prompts)).containsExactly(pass(adapted, prompts), within(2e-5));
            Scoped.runWithoutGradients(() -> adapted.trained().values().forEach(weight -> weight.mul_(new Scalar(2))));
            assertThat(rollout(adapted, prompts)).containsExactly(pass(adapted, prompts), within(2e-5));
        }
    }

    private static double[] rollout(CausalLm model, int[][] prompts) {
        return Scoped.computeWithoutGradients(() -> {
            try (PackedLm packed = model.packed(1);
                    GrowingRows rows = new GrowingRows(packed, 8)) {
                return Tensors.toDoubles(rows.readPrompts(prompts));
            }
        });
    }

    private static double[] pass(CausalLm model, int[][] prompts) {
        return Scoped.computeWithoutGradients(() -> {
            long[] ids = Arrays.stream(prompts[0]).asLongStream().toArray();
            Tensor hidden = model.hidden(TokenRows.leftAligned(Tensors.of(ids, 1, ids.length)));
            return Tensors.toDoubles(model.logits(hidden.select(1, ids.length - 1)));
        });
    }

    @Test
    void startingWeightsAreThoseOfTheSeed() throws IOException {
        ModelDirectory model = write(TinyFamily.LLAMA);
        List<List<Double>> draws = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            try (CausalLm adapted = CausalLm.adapted(model, ComputeType.FLOAT32, everywhere(model), seed)) {
                List<Double> all = new ArrayList<>();
                adapted.trained().forEach((name, weight) -> {
                    double[] values = Scoped.compute(() -> Tensors.toDoubles(weight.detach()));
                    double bound = name.contains("lora_A") ? 1 / Math.sqrt(weight.shape()[1]) : 0;
                    for (double value : values) {
                        assertThat(Math.abs(value)).as(name).isLessThanOrEqualTo(bound);
                        all.add(value);
                    }
                });
                draws.add(all);
            }
        }
        assertThat(draws.get(0)).isEqualTo(draws.get(1)).isNotEqualTo(draws.get(2));
    }
}
