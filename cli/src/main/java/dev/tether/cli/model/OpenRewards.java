package dev.tether.cli.model;

import dev.tether.onnx.OnnxReward;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.reward.TextScorer;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.RewardModels;
import dev.tether.trainer.reward.RewardSpec;
import dev.tether.trainer.reward.Rewards;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The rewards that settings name, opened; those that are models are closed with it. */
public final class OpenRewards implements AutoCloseable {
    private final List<Runnable> closers = new ArrayList<>();
    private final RewardModels models = new Models();
    private final int threads;
    private final Path policyDirectory;
    private final Rewards rewards;

    /**
     * Opens them.
     *
     * @param policyDirectory the model whose answers are scored
     */
    public OpenRewards(RunSettings settings, Path policyDirectory) {
        this.threads = settings.threads();
        this.policyDirectory = policyDirectory;
        try {
            List<Rewards.Part> parts = new ArrayList<>();
            parts.add(part(settings.reward().source(), 1));
            settings.reward().plus().forEach(more -> parts.add(part(more.source(), more.weight())));
            Optional<RewardModel> gold = settings.reward().gold().map(spec -> RewardSpec.parse(spec, models));
            this.rewards = new Rewards(parts, gold);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Rewards.Part part(String source, double weight) {
        return new Rewards.Part(source, weight, RewardSpec.parse(source, models));
    }

    /** What runs the models among them. */
    private final class Models implements RewardModels {
        private static final String LABEL = "#label=";

        @Override
        public RewardModel open(String name) {
            TorchEngine.start(threads);
            TextScorer scorer = TextScorer.open(ModelNames.directory(name), policyDirectory);
            closers.add(scorer::close);
            return scorer;
        }

        @Override
        public RewardModel openOnnx(String name) {
            int at = name.lastIndexOf(LABEL);
            Path directory = path(name, at < 0 ? name : name.substring(0, at));
            OptionalInt label = at < 0 ? OptionalInt.empty() : label(name, name.substring(at + LABEL.length()));
            OnnxReward reward = OnnxReward.open(directory, label, LanguageModels.openTokenizer(directory), threads);
            closers.add(reward::close);
            return reward;
        }

        private static Path path(String name, String directory) {
            try {
                return Path.of(directory);
            } catch (InvalidPathException e) {
                throw new InputException("reward \"onnx:" + name + "\": that is no directory name", e);
            }
        }

        private static OptionalInt label(String name, String digits) {
            if (!digits.matches("[0-9]{1,6}")) {
                throw new InputException("reward \"onnx:" + name + "\": the label must be a whole number from 0 on");
            }
            return OptionalInt.of(Integer.parseInt(digits));
        }
    }

    public Rewards rewards() {
        return rewards;
    }

    @Override
    public void close() {
        closers.forEach(Runnable::run);
    }
}
