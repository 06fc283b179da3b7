package dev.tether.trainer.preference;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.rollout.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The pairs of a run, drawn without state: each epoch goes through all of them in a new order. What the reference says of a
 * pair is asked once and kept.
 */
public final class Comparisons {
    /** At temperature 1: a preference is about texts, not about how they were drawn. */
    private static final double TEMPERATURE = 1;

    private final List<TokenPair> pairs;
    private final ReferenceModel reference;
    private final double[][][] refLogprobs;

    /**
     * @param pairs at least one, each with a prompt
     * @param reference which stays as it is
     * @throws InputException where a pair has no prompt: a policy has to be asked something
     */
    public Comparisons(List<TokenPair> pairs, ReferenceModel reference) {
        this.pairs = List.copyOf(pairs);
        this.reference = reference;
        this.refLogprobs = new double[pairs.size()][][];
        for (TokenPair pair : pairs) {
            if (pair.prompt().length == 0) {
                throw new InputException(pair.place() + ": has no prompt that both answers begin with");
            }
        }
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("pairs = [], must have at least one");
        }
    }

    /**
     * Some pairs as a batch: first all chosen answers, then all rejected ones, in the same order.
     *
     * @param pairs how many
     * @param refLogprobs [2 · pairs][T] of the reference, nats
     */
    public record Batch(int pairs, TokenBatch tokens, double[][] refLogprobs) {}

    /** The {@code count} pairs from number {@code first} of the whole run on, counted from 0. */
    public Batch draw(Seeds seeds, long first, int count) {
        int[] drawn = new int[count];
        long epoch = -1;
        int[] order = {};
        for (int i = 0; i < count; i++) {
            long number = first + i;
            if (number / pairs.size() != epoch) {
                epoch = number / pairs.size();
                order = seeds.permutation(pairs.size(), Seeds.Purpose.PREFERENCE_ORDER, epoch, 0);
            }
            drawn[i] = order[(int) (number % pairs.size())];
        }
        return batch(drawn);
    }

    private Batch batch(int[] drawn) {
        TokenBatch tokens = tokens(drawn);
        ask(drawn);
        int width = tokens.responseWidth();
        double[][] known = new double[2 * drawn.length][];
        for (int i = 0; i < drawn.length; i++) {
            known[i] = Arrays.copyOf(refLogprobs[drawn[i]][0], width);
            known[drawn.length + i] = Arrays.copyOf(refLogprobs[drawn[i]][1], width);
        }
        return new Batch(drawn.length, tokens, known);
    }

    /** Lets the reference read what it has not read yet. */
    private void ask(int[] drawn) {
        int[] unread = Arrays.stream(drawn)
                .filter(pair -> refLogprobs[pair] == null)
                .distinct()
                .toArray();
        if (unread.length == 0) {
            return;
        }
        double[][] read = reference.logprobs(tokens(unread), TEMPERATURE);
        for (int i = 0; i < unread.length; i++) {
            TokenPair pair = pairs.get(unread[i]);
            refLogprobs[unread[i]] = new double[][] {
                Arrays.copyOf(read[i], pair.chosen().length),
                Arrays.copyOf(read[unread.length + i], pair.rejected().length)
            };
        }
    }

    private TokenBatch tokens(int[] drawn) {
        List<int[]> prompts = new ArrayList<>();
        List<int[]> answers = new ArrayList<>();
        for (int pair : drawn) {
            prompts.add(pairs.get(pair).prompt());
            answers.add(pairs.get(pair).chosen());
        }
        for (int pair : drawn) {
            prompts.add(pairs.get(pair).prompt());
            answers.add(pairs.get(pair).rejected());
        }
        int width = answers.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        int[][] padded = answers.stream().map(ids -> Arrays.copyOf(ids, width)).toArray(int[][]::new);
        int[] lengths = answers.stream().mapToInt(ids -> ids.length).toArray();
        return new TokenBatch(prompts.toArray(int[][]::new), padded, ResponseMask.ofLengths(lengths, width));
    }
}
