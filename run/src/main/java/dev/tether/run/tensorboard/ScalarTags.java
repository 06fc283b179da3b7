package dev.tether.run.tensorboard;

import dev.tether.run.journal.StepRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The figures of a step under the tags of TRL's PPO (and DPO) trainer where TRL has the same figure, so that runs of both lie in one
 * chart; what TRL does not have is under {@code tether/}.
 */
final class ScalarTags {
    private final Map<String, Double> values = new LinkedHashMap<>();

    private ScalarTags() {}

    static Map<String, Double> of(StepRecord step) {
        ScalarTags tags = new ScalarTags();
        tags.objective(step);
        tags.belt(step);
        tags.update(step);
        tags.speed(step);
        return tags.values;
    }

    private void objective(StepRecord step) {
        step.score().ifPresent(score -> {
            put("objective/scores", score.mean());
            put("tether/score_sd", score.sd());
        });
        step.goldScore().ifPresent(gold -> put("tether/gold_score", gold.mean()));
        put("objective/rlhf_reward", step.rlhfReward());
        put("objective/non_score_reward", step.klPenalty());
        put("objective/entropy", step.entropy());
        put("tether/reference_nll", step.referenceNll());
        step.responseTokens().ifPresent(tokens -> put("tether/response_tokens", tokens.mean()));
        put("tether/ended_share", step.endedShare());
    }

    private void belt(StepRecord step) {
        step.referenceKl().ifPresent(kl -> {
            put("objective/kl", kl.natsPerSequence());
            put("tether/kl_nats_per_token", kl.natsPerToken());
            put("tether/kl_se_nats_per_sequence", kl.seNatsPerSequence());
            put("tether/kl_max_nats_per_token", kl.maxNatsPerToken());
        });
        step.anchorKl().ifPresent(kl -> put("tether/anchor_kl", kl.natsPerSequence()));
        step.samplerKl().ifPresent(kl -> put("tether/sampler_kl_nats_per_token", kl.natsPerToken()));
        put("tether/kl_coef", step.klCoef());
        step.controller().ifPresent(controller -> put("tether/kl_target", controller.target()));
        step.belt().ifPresent(belt -> put("tether/belt_force", belt.force()));
    }

    private void update(StepRecord step) {
        step.updateKl().ifPresent(kl -> put("policy/approxkl_avg", kl.k2()));
        put("policy/clipfrac_avg", step.clipFraction());
        put("loss/policy_avg", step.policyLoss());
        put("loss/value_avg", step.valueLoss());
        put("val/clipfrac_avg", step.valueClipFraction());
        put("val/ratio", step.ratioMean());
        step.pairs().ifPresent(pairs -> {
            put("rewards/accuracies", pairs.accuracy());
            put("rewards/margins", pairs.margin());
        });
        put("tether/explained_variance", step.explainedVariance());
        put("tether/gradient_norm", step.gradientNorm());
        put("lr", step.learningRate());
    }

    private void speed(StepRecord step) {
        step.episodes().ifPresent(episodes -> put("episode", (double) episodes));
        put("tether/tokens_per_second", step.tokensPerSecond());
    }

    private void put(String tag, double value) {
        values.put(tag, value);
    }

    /** What is not known has no point in a chart. */
    private void put(String tag, OptionalDouble value) {
        value.ifPresent(known -> put(tag, known));
    }
}
