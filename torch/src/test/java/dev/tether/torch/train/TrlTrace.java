package dev.tether.torch.train;

import dev.tether.core.advantage.Advantages;
import dev.tether.core.advantage.Gae;
import dev.tether.core.advantage.GaeSettings;
import dev.tether.core.advantage.Standardize;
import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.LogprobPair;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoClip;
import dev.tether.core.reward.RewardShaping;
import dev.tether.core.reward.ScorePlacement;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.core.reward.ShapedRewards;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.Shared;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.golden.GoldenFile;
import dev.tether.torch.optim.OptimizerSettings;
import dev.tether.torch.safetensors.SafetensorsFile;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/**
 * A recorded run of TRL's PPOTrainer, run again by this project from the same weights with the same sampled tokens and
 * the same minibatches. Everything after the tokens is computed anew; nothing of the trace is fed back, so that errors
 * would add up over its two rollouts and eight optimiser steps.
 */
@SuppressWarnings("try") // scopes act by being open
final class TrlTrace {
    /** TRL divides by temperature + 1e-7. */
    private static final double TEMPERATURE_FLOOR = 1e-7;

    private final JsonNode trace = GoldenFile.json("golden/e2e_ppo/trace.json");
    private final JsonNode hyper = trace.path("hyper");
    private final double temperature = hyper.path("temperature").asDouble() + TEMPERATURE_FLOOR;
    private final PpoClip clip = new PpoClip(
            hyper.path("cliprange").asDouble(),
            hyper.path("cliprange_value").asDouble(),
            hyper.path("vf_coef").asDouble(),
            0);
    private final Map<String, Double> deviations = new TreeMap<>();

    /** Runs the trace again; the greatest deviation of each quantity, relative to its own greatest size. */
    Map<String, Double> deviations(ComputeType computeType, Path scratch) throws IOException {
        // TRL's PPOTrainer does not clip gradients
        OptimizerSettings optimizer = OptimizerSettings.defaults().withMaxGradientNorm(Double.POSITIVE_INFINITY);
        ModelSettings settings = new ModelSettings(computeType, ValueKind.SEPARATE, 0, optimizer);
        Path root = Shared.path("golden/e2e_ppo");
        try (TorchPolicyModel policy =
                        LanguageModels.openPolicy(root.resolve("policy"), root.resolve("value"), settings);
                ReferenceModel reference = LanguageModels.openReference(root.resolve("ref"), settings)) {
            for (JsonNode rollout : trace.path("rollouts")) {
                replay(rollout, policy, reference);
            }
            policy.saveTrainingState(scratch);
            compareWeights(root, scratch.resolve("weights.safetensors"));
        }
        return deviations;
    }

    private void replay(JsonNode rollout, TorchPolicyModel policy, ReferenceModel reference) {
        ResponseMask mask = inverse(rollout.path("padding_mask"));
        TokenBatch tokens = new TokenBatch(
                withoutPadding(GoldenFile.ints2(rollout.path("queries"))),
                GoldenFile.ints2(rollout.path("responses")),
                mask);
        Evaluation evaluation = policy.evaluate(tokens, temperature);
        compare("logprobs", evaluation.logprobs(), rollout.path("logprobs"), mask);
        double[][] refLogprobs = reference.logprobs(tokens, temperature);
        compare("ref logprobs", refLogprobs, rollout.path("ref_logprobs"), mask);

        double[] scores = new ScoreShaping(
                        1,
                        0,
                        Double.POSITIVE_INFINITY,
                        hyper.path("missing_eos_penalty").asDouble())
                .apply(scores(tokens), flags(rollout.path("contain_eos")));
        compare("scores", new double[][] {scores}, new double[][] {
            GoldenFile.doubles(rollout.path("scores_after_penalty"))
        });
        ShapedRewards shaped = RewardShaping.shape(
                new LogprobPair(evaluation.logprobs(), refLogprobs, mask),
                scores,
                KlEstimator.K1,
                hyper.path("kl_coef").asDouble(),
                ScorePlacement.AFTER_LAST_TOKEN);
        compare("values", evaluation.values(), rollout.path("values"), shaped.rewardMask());
        compare("rewards", shaped.rewards(), rollout.path("rewards"), shaped.rewardMask());
        Advantages estimated = Gae.estimate(
                shaped.rewards(),
                evaluation.values(),
                shaped.rewardMask(),
                new GaeSettings(
                        hyper.path("gamma").asDouble(), hyper.path("lam").asDouble()));
        compare("returns", estimated.returns(), rollout.path("returns"), shaped.rewardMask());
        double[][] advantages = Standardize.standardize(estimated.advantages(), mask);
        compare("advantages", advantages, rollout.path("advantages"), mask);

        Minibatch whole = new Minibatch(
                tokens,
                evaluation.logprobs(),
                refLogprobs,
                advantages,
                evaluation.values(),
                estimated.returns(),
                shaped.rewardMask());
        for (JsonNode epoch : rollout.path("epochs")) {
            for (JsonNode minibatch : epoch.path("minibatches")) {
                update(policy, Microbatches.select(whole, GoldenFile.ints(minibatch.path("inds"))), minibatch);
            }
        }
    }

    private void update(TorchPolicyModel policy, Minibatch minibatch, JsonNode expected) {
        UpdateReport report = policy.update(
                minibatch,
                UpdateObjective.of(clip),
                temperature,
                hyper.path("learning_rate").asDouble());
        compare("policy loss", report.policyLoss(), expected.path("pg_loss"));
        compare("value loss", report.valueLoss(), expected.path("vf_loss"));
        compare("total loss", report.totalLoss(), expected.path("loss"));
        compare("value clip fraction", report.valueClipFraction(), expected.path("vf_clipfrac"));
        compare("gradient norm", report.gradientNorm(), expected.path("grad_norm_policy_and_value"));
        // TRL's mean takes uncounted positions in, where its ratio is 1
        double positions =
                (double) minibatch.tokens().sequences() * minibatch.tokens().responseWidth();
        double ratio = 1 + (report.ratioMean() - 1) * report.tokens() / positions;
        compare("ratio", ratio, expected.path("ratio_mean"));
    }

    private double[] scores(TokenBatch tokens) {
        double[] scores = new double[tokens.sequences()];
        int pad = trace.path("pad").asInt();
        for (int b = 0; b < scores.length; b++) {
            int counted = tokens.responseMask().counted(b);
            int[] text = Arrays.copyOf(tokens.prompts()[b], tokens.prompts()[b].length + counted);
            System.arraycopy(tokens.responses()[b], 0, text, tokens.prompts()[b].length, counted);
            long real = Arrays.stream(text).filter(id -> id != pad).count();
            long thirds =
                    Arrays.stream(text).filter(id -> id != pad && id % 3 == 0).count();
            scores[b] = (double) thirds / real;
        }
        return scores;
    }

    private int[][] withoutPadding(int[][] queries) {
        int pad = trace.path("pad").asInt();
        return Arrays.stream(queries)
                .map(query -> Arrays.stream(query).dropWhile(id -> id == pad).toArray())
                .toArray(int[][]::new);
    }

    /** Errors of each tensor, relative to its size and to how far training has moved it. */
    private void compareWeights(Path root, Path saved) {
        try (PointerScope scope = new PointerScope();
                SafetensorsFile ours = SafetensorsFile.open(saved);
                SafetensorsFile golden = SafetensorsFile.open(root.resolve("final_f64.safetensors"));
                SafetensorsFile policyStart = SafetensorsFile.open(root.resolve("policy/model.safetensors"));
                SafetensorsFile valueStart = SafetensorsFile.open(root.resolve("value/model.safetensors"))) {
            for (String name : golden.names()) {
                boolean ofPolicy = name.startsWith("policy.");
                String bare = name.substring(name.indexOf('.') + 1);
                Tensor want = golden.tensor(name);
                Tensor have = ours.tensor(ofPolicy ? bare : name).to(ScalarType.Double);
                Tensor start = (ofPolicy ? policyStart : valueStart).tensor(bare);
                double error = have.sub(want).norm().item_double();
                double size = want.norm().item_double();
                double moved = want.sub(start).norm().item_double();
                deviations.merge("final weights", error / size, Math::max);
                deviations.merge("final weights, by the way they moved", error / moved, Math::max);
            }
        }
    }

    private void compare(String name, double[][] values, JsonNode expected, ResponseMask mask) {
        double[][] golden = GoldenFile.doubles2(expected);
        double[][] counted = new double[golden.length][];
        for (int b = 0; b < golden.length; b++) {
            counted[b] = values[b].clone();
            for (int t = 0; t < counted[b].length; t++) {
                if (!mask.counts(b, t)) {
                    counted[b][t] = golden[b][t] = 0;
                }
            }
        }
        compare(name, counted, golden);
    }

    private void compare(String name, double value, JsonNode expected) {
        compare(name, new double[][] {{value}}, new double[][] {{expected.asDouble()}});
    }

    private void compare(String name, double[][] values, double[][] golden) {
        double size = 0;
        double error = 0;
        for (int b = 0; b < golden.length; b++) {
            for (int t = 0; t < golden[b].length; t++) {
                size = Math.max(size, Math.abs(golden[b][t]));
                error = Math.max(error, Math.abs(values[b][t] - golden[b][t]));
            }
        }
        deviations.merge(name, error == 0 ? 0 : error / size, Math::max);
    }

    private static boolean[] flags(JsonNode array) {
        int[] values = GoldenFile.ints(array);
        boolean[] flags = new boolean[values.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = values[i] != 0;
        }
        return flags;
    }

    private static ResponseMask inverse(JsonNode paddingMask) {
        boolean[][] counts = GoldenFile.flags2(paddingMask);
        for (boolean[] row : counts) {
            for (int t = 0; t < row.length; t++) {
                row[t] = !row[t];
            }
        }
        return ResponseMask.of(counts);
    }
}
