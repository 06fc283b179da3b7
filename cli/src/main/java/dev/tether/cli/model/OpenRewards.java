package dev.tether.cli.model;

import dev.tether.run.settings.RunSettings;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.torch.reward.TextScorer;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.RewardSpec;
import dev.tether.trainer.reward.Rewards;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rewards that settings name, opened; those that are models are closed with it. */
public final class OpenRewards implements AutoCloseable {
    private final List<TextScorer> scorers = new ArrayList<>();
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
            Optional<RewardModel> gold = settings.reward().gold().map(spec -> RewardSpec.parse(spec, this::open));
            this.rewards = new Rewards(parts, gold);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Rewards.Part part(String source, double weight) {
        return new Rewards.Part(source, weight, RewardSpec.parse(source, this::open));
    }

    private RewardModel open(String name) {
        TorchEngine.start(threads);
        TextScorer scorer = TextScorer.open(ModelNames.directory(name), policyDirectory);
        scorers.add(scorer);
        return scorer;
    }

    public Rewards rewards() {
        return rewards;
    }

    @Override
    public void close() {
        scorers.forEach(TextScorer::close);
    }
}
