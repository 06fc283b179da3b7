package dev.tether.torch.reward;

import dev.tether.run.InputException;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.tokenizer.JsonTokenizer;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A reward model as training asks it: prompt and response as one sequence. Where it has the policy's tokenizer it reads
 * the very tokens that were sampled, the stop token included. Else it reads prompt and response as one text by its own
 * tokenizer, and where the response ended by itself its own stop token after them.
 */
public final class TextScorer implements RewardModel, AutoCloseable {
    private final SequenceScorer scorer;
    /** Null where the policy's own tokens are read. */
    private final Tokenizer own;

    private TextScorer(SequenceScorer scorer, Tokenizer own) {
        this.scorer = scorer;
        this.own = own;
    }

    /**
     * @param directory the reward model
     * @param policyDirectory the model whose answers are to be scored
     * @throws InputException when it is no reward model, or cannot read what the policy writes
     */
    public static TextScorer open(Path directory, Path policyDirectory) {
        SequenceScorer scorer = SequenceScorer.open(directory, ComputeType.FLOAT32);
        try {
            return new TextScorer(scorer, ownTokenizer(scorer, directory, policyDirectory));
        } catch (RuntimeException e) {
            scorer.close();
            throw e;
        }
    }

    private static Tokenizer ownTokenizer(SequenceScorer scorer, Path directory, Path policyDirectory) {
        Path own = directory.resolve("tokenizer.json");
        Path policys = policyDirectory.resolve("tokenizer.json");
        if (Files.exists(own)) {
            return Files.exists(policys) && isSame(own, policys) ? null : JsonTokenizer.open(own);
        }
        int known = JsonTokenizer.open(policys).vocabularySize();
        if (known > scorer.vocabularySize()) {
            throw new InputException(directory + ": has no tokenizer.json, and the policy's tokenizer knows " + known
                    + " tokens where this model knows " + scorer.vocabularySize());
        }
        return null;
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.mismatch(one, other) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public double[] score(List<Episode> episodes) {
        return scorer.score(episodes.stream().map(this::tokens).toList());
    }

    private int[] tokens(Episode episode) {
        if (own == null) {
            return joined(episode.promptIds(), episode.responseIds());
        }
        int[] text = own.encode(episode.prompt() + episode.response());
        int[] stops = scorer.stopIds();
        boolean stopped = episode.stopReason() == StopReason.ENDED && stops.length > 0;
        boolean told = stopped && text.length > 0 && text[text.length - 1] == stops[0];
        return stopped && !told ? joined(text, stops[0]) : text;
    }

    private static int[] joined(int[] first, int... second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Override
    public void close() {
        scorer.close();
    }
}
