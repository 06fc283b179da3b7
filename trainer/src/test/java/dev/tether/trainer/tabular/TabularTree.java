package dev.tether.trainer.tabular;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Every response over a small vocabulary, by enumeration: token 0 ends a response, the longest has {@code depth} tokens.
 * A language model on it is a table of logits, one row per prefix.
 */
final class TabularTree {
    static final int END = 0;

    private final int vocabulary;
    private final int depth;

    TabularTree(int vocabulary, int depth) {
        this.vocabulary = vocabulary;
        this.depth = depth;
    }

    int vocabulary() {
        return vocabulary;
    }

    int depth() {
        return depth;
    }

    /** Number of prefixes, the ended ones included (their rows are never read). */
    int prefixes() {
        int count = 0;
        for (int d = 0, level = 1; d < depth; d++, level *= vocabulary) {
            count += level;
        }
        return count;
    }

    /** The table row of the prefix response[0..length). */
    int row(int[] response, int length) {
        int row = 0;
        for (int t = 0; t < length; t++) {
            row = row * vocabulary + response[t] + 1;
        }
        return row;
    }

    /** All complete responses: ended by token 0, or of full depth. */
    List<int[]> responses() {
        List<int[]> all = new ArrayList<>();
        extend(new int[0], all);
        return all;
    }

    private void extend(int[] prefix, List<int[]> all) {
        for (int token = 0; token < vocabulary; token++) {
            int[] longer = java.util.Arrays.copyOf(prefix, prefix.length + 1);
            longer[prefix.length] = token;
            if (token == END || longer.length == depth) {
                all.add(longer);
            } else {
                extend(longer, all);
            }
        }
    }

    /** log π(response) under a table of logits. */
    double logprob(double[][] logits, int[] response) {
        double sum = 0;
        for (int t = 0; t < response.length; t++) {
            sum += logSoftmax(logits[row(response, t)])[response[t]];
        }
        return sum;
    }

    /** E_π[f(y)] by enumeration. */
    double expectation(double[][] logits, ToDoubleFunction<int[]> f) {
        return responses().stream()
                .mapToDouble(y -> Math.exp(logprob(logits, y)) * f.applyAsDouble(y))
                .sum();
    }

    /** KL(π ‖ π_ref) of whole responses, in nats, by enumeration. */
    double kl(double[][] logits, double[][] refLogits) {
        return expectation(logits, y -> logprob(logits, y) - logprob(refLogits, y));
    }

    static double[] logSoftmax(double[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (double x : logits) {
            max = Math.max(max, x);
        }
        double sum = 0;
        for (double x : logits) {
            sum += Math.exp(x - max);
        }
        double[] logprobs = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            logprobs[v] = logits[v] - max - Math.log(sum);
        }
        return logprobs;
    }
}
