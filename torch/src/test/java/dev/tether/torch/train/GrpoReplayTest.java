package dev.tether.torch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.advantage.GroupAdvantages;
import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.LossMean;
import dev.tether.core.objective.RatioLevel;
import dev.tether.core.objective.Surrogate;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.Shared;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.golden.GoldenFile;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ReferenceKlLimit;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import dev.tether.trainer.model.ValueTerm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * A recorded run of TRL's GRPOTrainer in double precision, run again from the same weights with the same sampled tokens.
 * Everything after the tokens is computed anew; nothing of the trace is fed back but the order of its rows, so that errors
 * add up over two rollouts and eight optimiser steps.
 */
@SuppressWarnings("try") // scopes act by being open
class GrpoReplayTest {
    private static final int STEPS_PER_ROLLOUT = 4;
    private static final int PASSES = 2;

    @TempDir
    Path scratch;

    private final JsonNode trace = GoldenFile.json("golden/e2e_grpo_classic/trace.json");
    private final JsonNode hyper = trace.path("hyper");
    private final double temperature = hyper.path("temperature").asDouble();

    /** One optimiser step's rows, and what was known before it. */
    private record Rows(JsonNode golden, TokenBatch tokens, double[][] logprobs, double[][] refLogprobs) {}

    @ParameterizedTest
    @CsvSource({"FLOAT64, 1e-9, 1e-8", "FLOAT32, 1e-4, 1e-3"})
    void endsAtTheSameWeights(ComputeType type, double tolerance, double weightTolerance) throws IOException {
        OptimizerSettings optimizer = OptimizerSettings.defaults()
                .withMaxGradientNorm(hyper.path("max_grad_norm").asDouble());
        ModelSettings settings = new ModelSettings(type, ValueKind.NONE, 0, optimizer);
        Path start = Shared.path("golden/e2e_grpo_classic/policy");
        try (TorchPolicyModel policy = LanguageModels.openPolicy(start, settings);
                ReferenceModel reference = LanguageModels.openReference(start, settings)) {
            List<JsonNode> steps = new ArrayList<>();
            trace.path("steps").forEach(steps::add);
            for (int first = 0; first < steps.size(); first += STEPS_PER_ROLLOUT) {
                replay(steps.subList(first, first + STEPS_PER_ROLLOUT), first, policy, reference, tolerance);
            }
            policy.saveTrainingState(scratch);
        }
        compareWeights(weightTolerance);
    }

    private void replay(
            List<JsonNode> steps, int first, TorchPolicyModel policy, ReferenceModel reference, double tolerance) {
        List<Rows> all =
                steps.stream().map(step -> read(step, policy, reference)).toList();
        requireAdvantages(first / STEPS_PER_ROLLOUT, all.subList(0, STEPS_PER_ROLLOUT / PASSES));
        for (Rows rows : all) {
            ResponseMask mask = rows.tokens().responseMask();
            double[] ofResponses = GoldenFile.doubles(rows.golden().path("advantages"));
            double[][] advantages = new double[ofResponses.length][mask.width(0)];
            for (int b = 0; b < ofResponses.length; b++) {
                Arrays.fill(advantages[b], ofResponses[b]);
            }
            Minibatch minibatch = new Minibatch(
                    rows.tokens(),
                    rows.logprobs(),
                    rows.refLogprobs(),
                    advantages,
                    new double[0][],
                    new double[0][],
                    mask);
            UpdateReport report = policy.update(
                    minibatch,
                    objective(),
                    temperature,
                    hyper.path("learning_rate").asDouble());
            JsonNode logged = rows.golden().path("trl_logged");
            double loss = rows.golden().path("loss").asDouble();
            assertThat(report.totalLoss()).isCloseTo(loss, within(tolerance * Math.max(1, Math.abs(loss))));
            assertThat(report.gradientNorm())
                    .isCloseTo(logged.path("grad_norm").asDouble(), within(Math.max(1e-5, 10 * tolerance)));
            assertThat(report.entropy())
                    .isCloseTo(logged.path("entropy").asDouble(), within(Math.max(1e-6, tolerance)));
        }
    }

    private Rows read(JsonNode step, TorchPolicyModel policy, ReferenceModel reference) {
        int[][] padded = GoldenFile.ints2(step.path("prompt_ids"));
        boolean[][] real = GoldenFile.flags2(step.path("prompt_mask"));
        int[][] prompts = new int[padded.length][];
        for (int b = 0; b < prompts.length; b++) {
            int pads = 0;
            while (!real[b][pads]) {
                pads++;
            }
            prompts[b] = Arrays.copyOfRange(padded[b], pads, padded[b].length);
        }
        ResponseMask mask = ResponseMask.of(GoldenFile.flags2(step.path("completion_mask")));
        TokenBatch tokens = new TokenBatch(prompts, GoldenFile.ints2(step.path("completion_ids")), mask);
        return new Rows(
                step, tokens, policy.evaluate(tokens, temperature).logprobs(), reference.logprobs(tokens, temperature));
    }

    /** The rows of one pass are the rollout, in another order. */
    private void requireAdvantages(int rollout, List<Rows> pass) {
        double[] rewards = Arrays.stream(
                        GoldenFile.doubles2(trace.path("rewards_per_rollout").get(rollout)))
                .mapToDouble(row -> row[0])
                .toArray();
        double[] ours = GroupAdvantages.relativeToMean(
                rewards, hyper.path("num_generations").asInt(), GroupAdvantages.Scaling.GROUP);
        double[] golden = pass.stream()
                .flatMapToDouble(
                        rows -> Arrays.stream(GoldenFile.doubles(rows.golden().path("advantages"))))
                .toArray();
        Arrays.sort(ours);
        Arrays.sort(golden);
        // the rewards of the trace were in single precision
        assertThat(ours).containsExactly(golden, within(1e-6));
    }

    private UpdateObjective objective() {
        double epsilon = hyper.path("epsilon").asDouble();
        return new UpdateObjective(
                new Surrogate.Clipped(RatioLevel.TOKEN, epsilon, epsilon, Double.POSITIVE_INFINITY),
                LossMean.OVER_SEQUENCES,
                ValueTerm.NONE,
                0,
                new KlLoss(PenaltyPlacement.K3_IN_LOSS, hyper.path("beta").asDouble()),
                ReferenceKlLimit.NONE);
    }

    private void compareWeights(double tolerance) {
        try (PointerScope scope = new PointerScope();
                SafetensorsFile ours = SafetensorsFile.open(scratch.resolve("weights.safetensors"));
                SafetensorsFile golden =
                        SafetensorsFile.open(Shared.path("golden/e2e_grpo_classic/final_f64.safetensors"))) {
            assertThat(golden.names()).isNotEmpty();
            for (String name : golden.names()) {
                Tensor want = golden.tensor(name);
                Tensor have = ours.tensor(name).to(ScalarType.Double);
                assertThat(have.sub(want).norm().item_double())
                        .as(name)
                        .isLessThan(tolerance * want.norm().item_double());
            }
        }
    }
}
