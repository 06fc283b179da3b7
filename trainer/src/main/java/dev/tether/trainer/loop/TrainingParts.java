package dev.tether.trainer.loop;

import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.rollout.PromptSource;

/** What a training loop is put together from. */
public record TrainingParts(
        PolicyModel policy,
        ReferenceModel reference,
        RewardModel rewardModel,
        Tokenizer tokenizer,
        PromptSource prompts) {}
