package dev.tether.torch.reward;

import dev.tether.run.InputException;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.network.ScoringNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores token sequences with a reward model: a Hugging Face sequence classifier with one label, or a language model
 * with a value head. The score is the head's output, without any activation, at the last token that is not padding.
 */
public final class SequenceScorer implements AutoCloseable {
    /** Tokens of one pass, padding included: enough to keep the cores busy, few enough to stay small in memory. */
    private static final int TOKENS_AT_ONCE = 8192;

    private final ModelDirectory directory;
    private final ScoringNetwork network;
    private final int[] padIds;

    private SequenceScorer(ModelDirectory directory, ScoringNetwork network) {
        this.directory = directory;
        this.network = network;
        this.padIds = directory.padIds();
    }

    /** @throws InputException when the directory holds no model that scores */
    public static SequenceScorer open(Path path, ComputeType computeType) {
        ModelDirectory directory = ModelDirectory.ofScorer(path);
        return new SequenceScorer(directory, ScoringNetwork.read(directory, computeType));
    }

    /**
     * One score per sequence, in order. Sequences of like length share a pass.
     *
     * @throws InputException when a sequence is empty, longer than the model's context, or not of its vocabulary
     */
    public double[] score(List<int[]> sequences) {
        List<int[]> real = IntStream.range(0, sequences.size())
                .mapToObj(b -> checked(b, withoutPadding(sequences.get(b))))
                .toList();
        int[] order = IntStream.range(0, real.size())
                .boxed()
                .sorted(Comparator.comparingInt(b -> real.get(b).length))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] scores = new double[real.size()];
        int first = 0;
        while (first < order.length) {
            int[] rows = Arrays.copyOfRange(order, first, endOfPass(real, order, first));
            double[] part =
                    network.lastScores(Arrays.stream(rows).mapToObj(real::get).toList());
            for (int i = 0; i < rows.length; i++) {
                scores[rows[i]] = part[i];
            }
            first += rows.length;
        }
        return scores;
    }

    private static int endOfPass(List<int[]> sequences, int[] order, int first) {
        int end = first + 1;
        while (end < order.length && (end + 1 - first) * sequences.get(order[end]).length <= TOKENS_AT_ONCE) {
            end++;
        }
        return end;
    }

    /** transformers reads at the last token that is not padding, wherever the padding ids come from. */
    private int[] withoutPadding(int[] ids) {
        int length = ids.length;
        while (length > 1 && isPadding(ids[length - 1])) {
            length--;
        }
        return Arrays.copyOf(ids, length);
    }

    private boolean isPadding(int id) {
        return Arrays.stream(padIds).anyMatch(pad -> pad == id);
    }

    private int[] checked(int sequence, int[] ids) {
        String place = "sequence " + sequence + " given to the reward model " + directory.path();
        if (ids.length == 0) {
            throw new InputException(place + " has no token");
        }
        if (ids.length > network.contextLength()) {
            throw new InputException(
                    place + " has " + ids.length + " tokens, more than its context of " + network.contextLength());
        }
        for (int id : ids) {
            if (id < 0 || id >= network.vocabularySize()) {
                throw new InputException(
                        place + " has the token id " + id + ", must be in 0.." + (network.vocabularySize() - 1));
            }
        }
        return ids;
    }

    /** The ids that end a text, as the model's files name them. */
    int[] stopIds() {
        return directory.stopIds();
    }

    /** How many token ids there are. */
    int vocabularySize() {
        return network.vocabularySize();
    }

    @Override
    public void close() {
        network.close();
    }
}
