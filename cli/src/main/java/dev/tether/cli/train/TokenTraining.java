package dev.tether.cli.train;

import dev.tether.run.settings.RunSettings;
import dev.tether.torch.TorchPolicyModel;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.Rewards;
import dev.tether.trainer.rollout.PromptSource;
import java.nio.file.Path;

/**
 * The models of {@code tether train}, opened as it opens them, for a command that brings prompts and reward itself: both
 * may be of token ids alone.
 */
public final class TokenTraining implements AutoCloseable {
    private final TrainingParts parts;

    private TokenTraining(TrainingParts parts) {
        this.parts = parts;
    }

    /**
     * Opens policy and reference.
     *
     * @param directory of both; what the settings name is not read
     */
    public static TokenTraining open(
            RunSettings settings, Path directory, Tokenizer tokenizer, RewardModel reward, PromptSource prompts) {
        TorchEngine.start(settings.threads(), settings.model().device());
        TorchPolicyModel policy = OpenPolicy.of(settings, directory);
        try {
            TrainingSetup.Belt belt = TrainingSetup.belt(settings, policy, directory, directory);
            return new TokenTraining(new TrainingParts(
                    policy,
                    belt.reference(),
                    Rewards.of(reward),
                    tokenizer,
                    prompts,
                    belt.probe(),
                    belt.reAnchoring()));
        } catch (RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    /** What a training loop is put together from. */
    public TrainingParts parts() {
        return parts;
    }

    @Override
    public void close() {
        parts.policy().close();
        parts.reference().close();
        parts.reAnchoring().ifPresent(ends -> ends.anchor().close());
    }
}
